"""What is said to an answer: the organization's text or the usual one, in the person's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from messaging.reminders.answer_rules import Answers
from messaging.reminders.answer_sentences import CHOICES, Sentence, language_of, usual_text
from messaging.reminders.answers import Answer
from models.appointments.answer_choice import Known, Which
from models.appointments.values import appointment_values
from models.replies.decisions import Renderer


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says sentences to one person; `contact` are their values for texts."""

    answers: Answers
    contact: Mapping[str, object]

    def about(self, sentence: Sentence, appointment: Known) -> list[str]:
        """A sentence about an appointment."""
        return self._say(sentence, {"appointment": appointment_values(appointment.row)})

    def which(self, which: Which) -> list[str]:
        """The question which appointment is meant; of a single one, whether it is really to be cancelled."""
        one = which.appointments[0] if len(which.appointments) == 1 else None
        sentence = Sentence.REALLY_CANCEL if one and which.answer is Answer.CANCEL else Sentence.WHICH
        return self._say(sentence, {CHOICES: _choices(which.appointments)})

    def _say(self, sentence: Sentence, more: Mapping[str, object]) -> list[str]:
        """The first text that can be filled: the organization's own, else the usual one."""
        renderer = Renderer(self.contact, more)
        bodies = (renderer.body(source) for source in self._sources(sentence))
        return [body for body in bodies if body][:1]

    def _sources(self, sentence: Sentence) -> Sequence[str]:
        language = language_of(str(self.contact.get("locale") or ""), otherwise=self.answers.language)
        usual = usual_text(sentence, language)
        own = self.answers.texts.get(sentence)
        return [usual] if own is None else [own, usual]


def _choices(appointments: Sequence[Known]) -> str:
    """A line each: "1 Tuesday November 24, 9:00 AM, Main Street"."""
    values = [appointment_values(each.row) for each in appointments]
    places = {value["place"] for value in values}
    return "\n".join(
        f"{number} {value['weekday']} {value['date']}, {value['time']}"
        + (f", {value['place']}" if value["place"] and len(places) > 1 else "")
        for number, value in enumerate(values, start=1)
    )
