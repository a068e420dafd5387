"""Obeys and answers one inbound message: what it asks of consent first, then the reply that is due."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.keywords import Keyword, plain, recognise
from messaging.lookups import Question
from messaging.twilio_twiml import NO_REPLY
from models.appointments.answering import Manner
from models.appointments.newer_reminder import reminded_since_the_survey_asked
from models.columns import utc_now
from models.conversations.tables import Mode
from models.inbound.meaning import Meaning, meaning_of
from models.inbound.obedience import obey
from models.inbound.payload import InboundMessage
from models.replies.deciding import decide
from models.replies.decisions import SILENCE, Decision
from models.replies.giving import TOO_LATE, give
from models.replies.heard import Heard, Situation, situation_of
from models.replies.lookups import answer_lookup, lookup_waiting, wait_for_lookup
from models.replies.questions import APPOINTMENT, take_asked, take_reminded
from models.replies.terms import ReplyTerms
from models.reviews.opening import Doubt, open_review


@dataclass(frozen=True, slots=True)
class Answer:
    """The TwiML of an answer, or what must be asked before there is one."""

    twiml: str
    lookup: Question | None = None


async def answer(connection: AsyncConnection, heard: Heard, *, terms: ReplyTerms) -> Answer:
    """Obeys and answers a message that has just been stored and threaded.

    A question of ours that waits takes any text but STOP (in whatever words), START and HELP: its YES is an
    answer, and no START. So does a reminder of an appointment, before a question that is older. C, R and X are
    heard also while a person of ours has the conversation, and of who said no, but not answered then. A text in
    doubt is answered like any other, and put before a person.
    """
    situation = await situation_of(connection, heard)
    meaning = await meaning_of(connection, heard.message, organization_id=heard.organization_id)
    decision = await _asked(connection, heard, situation, meaning, terms=terms)
    if decision is None:
        await obey(connection, heard.message, meaning, organization_id=heard.organization_id, now=heard.now)
        heard = replace(heard, keyword=meaning.keyword)
        situation = situation if meaning.keyword is None else await situation_of(connection, heard)
        decision = SILENCE if _is_too_late(heard, terms) else await decide(connection, heard, situation)
    if meaning.doubt is not None and decision.cause != APPOINTMENT:
        await _put_before_a_person(connection, heard, situation, why=meaning.doubt)
    if decision.lookup is not None:
        return await _ask_first(connection, heard, situation, decision, terms=terms)
    return Answer(await give(connection, heard, situation, decision, terms=terms))


async def answer_again(
    connection: AsyncConnection, message: InboundMessage, *, terms: ReplyTerms, now: datetime
) -> Answer:
    """The answer to a message that was stored before: none, unless its look-up was never answered."""
    question = await lookup_waiting(connection, message, now=now)
    if question is not None and terms.live:
        return Answer(NO_REPLY, question)
    twiml, _ = await answer_lookup(connection, message, None, terms=terms, now=now)
    return Answer(twiml)


def _is_too_late(heard: Heard, terms: ReplyTerms) -> bool:
    """A STOP is confirmed in answer to its webhook or not at all: a message of its own would come after it."""
    late = heard.keyword is Keyword.STOP or utc_now() - heard.now > TOO_LATE
    return late and not terms.live


async def _asked(
    connection: AsyncConnection, heard: Heard, situation: Situation, meaning: Meaning, *, terms: ReplyTerms
) -> Decision | None:
    keyword = recognise(heard.message.body, opt_out_type=heard.message.opt_out_type, asked=True)
    if keyword is not None or meaning.is_stop or situation.mode is Mode.STUDIO:
        return None
    is_ours = situation.may_answer and situation.mode is Mode.AUTO
    manner = Manner(aloud=is_ours and not _is_too_late(heard, terms), only_alone=not is_ours)
    if not is_ours or await reminded_since_the_survey_asked(connection, heard):
        decision = await take_reminded(connection, heard, situation, manner)
        return decision or (await take_asked(connection, heard) if is_ours else None)
    return await take_asked(connection, heard) or await take_reminded(connection, heard, situation, manner)


async def _put_before_a_person(
    connection: AsyncConnection, heard: Heard, situation: Situation, *, why: str
) -> None:
    """Opens a review, but for what the organization's own rules name word for word: they know what it means."""
    if plain(heard.message.body) in situation.rules.by_word:
        return
    doubt = Doubt(
        organization_id=heard.organization_id,
        phone=heard.message.phone,
        contact_id=heard.contact_id,
        conversation_id=heard.conversation_id,
        message_id=heard.message_id,
        why=why,
    )
    await open_review(connection, doubt, now=heard.now)


async def _ask_first(
    connection: AsyncConnection, heard: Heard, situation: Situation, decision: Decision, *, terms: ReplyTerms
) -> Answer:
    question = await wait_for_lookup(connection, heard, situation, word=decision.lookup or "")
    if question is not None and terms.live:
        return Answer(NO_REPLY, question)
    twiml, _ = await answer_lookup(connection, heard.message, None, terms=terms, now=heard.now)
    return Answer(twiml)
