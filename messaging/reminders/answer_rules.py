"""What an organization has decided about answers to its reminders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from messaging.reminders.answer_sentences import Sentence
from messaging.reminders.answers import AnswerWords


@dataclass(frozen=True, slots=True)
class Answers:
    """The section `answers` of the rules; as it is here where nothing was said.

    `cancel`: whether an X cancels, or for which kinds (in small letters); `cancel_notice` is how long before the
    start at least. `texts` are Liquid; `language` is that of the usual ones, for whom no other is known.
    """

    cancel: bool | frozenset[str] = False
    cancel_notice: timedelta = timedelta()
    words: AnswerWords = field(default_factory=AnswerWords)
    language: str = "en"
    texts: Mapping[Sentence, str] = field(default_factory=dict)

    def may_cancel(self, kind: str) -> bool:
        """Whether a person may cancel an appointment of this kind by an answer."""
        return self.cancel if isinstance(self.cancel, bool) else kind.casefold() in self.cancel
