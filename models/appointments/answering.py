"""What someone writes who was reminded of an appointment: confirmed, another time asked for, or cancelled."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.reminders.answer_sentences import Sentence
from messaging.reminders.answers import Answer, number_said
from models.appointments.answer_choice import About, Which, choose
from models.appointments.answer_effects import Effect, effect_of
from models.appointments.answer_facts import ask, forget, what_is_known
from models.appointments.answer_texts import Speaker
from models.appointments.states import set_state
from models.conversations.reading import count_as_read
from models.reminders.answers_kept import load_answers
from models.replies.heard import Heard

ACTOR = "answer"
"""Who changed an appointment, in its story, when it was the person by a message."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How an answer is taken: `aloud`, or nothing is said and asked; `only_alone`: YES and 1 do nothing."""

    aloud: bool = True
    only_alone: bool = False


async def take_answer(
    connection: AsyncConnection, heard: Heard, values: Mapping[str, object], *, manner: Manner
) -> list[str] | None:
    """The texts to reply with when this message answers about an appointment; None when it does not.

    `values` are the contact's for texts. The appointment, its story and the event follow in this transaction. What
    was written before a later answer about the same appointment changes nothing.
    """
    answers = await load_answers(connection, heard.organization_id)
    said, number = answers.words.said(heard.message.body), number_said(heard.message.body)
    if said is None and number is None:
        return None
    known, asked = await what_is_known(connection, heard)
    chosen = choose(known, said, number, asked, now=heard.now)
    if chosen is None:
        return None
    if manner.only_alone and not (said and said.alone):
        return []  # nobody knows what it answers: it stays unread, and a YES restores nothing
    speaker = Speaker(answers, values)
    if isinstance(chosen, Which):
        return await _ask(connection, heard, chosen, speaker, manner)
    if chosen.appointment.overtaken:
        return []
    effect = effect_of(chosen.answer, chosen.appointment, answers=answers, now=heard.now)
    await _follow(connection, heard, chosen, effect, manner)
    return speaker.about(effect.sentence, chosen.appointment) if manner.aloud else []


async def _ask(
    connection: AsyncConnection, heard: Heard, which: Which, speaker: Speaker, manner: Manner
) -> list[str]:
    if not manner.aloud:
        return []
    await ask(connection, heard, which)
    return speaker.which(which)


async def _follow(connection: AsyncConnection, heard: Heard, about: About, effect: Effect, manner: Manner) -> None:
    """The appointment as it is after the answer, what was asked, and who has to look at it."""
    if effect.state is not None:
        await set_state(
            connection,
            heard.organization_id,
            about.appointment.id,
            effect.state,
            now=heard.now,
            actor=ACTOR,
            message_id=heard.message_id,
        )
    if effect.sentence is Sentence.MOVED and manner.aloud:
        await ask(connection, heard, Which(Answer.CONFIRM, [about.appointment]))
    else:
        await forget(connection, heard)
    if not effect.needs_a_person:
        await count_as_read(connection, heard.organization_id, heard.conversation_id)
