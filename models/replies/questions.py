"""Where a rule asks something that the person's next messages answer: a survey, or the yes of a double opt-in."""

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from messaging.twilio_twiml import sayable
from models.appointments.answering import Manner
from models.appointments.answering import take_answer as take_appointment_answer
from models.consent.double_opt_in import OptInRequest, join, take_confirmation
from models.replies.decisions import CAUSE, SILENCE, SURVEY, Decision, Renderer, Say
from models.replies.heard import Heard, Situation
from models.replies.rules import Join
from models.surveys.answering import take_answer
from models.surveys.starting import start_survey

ASK = (
    "{{ identity }}: reply YES to get our offers as text messages. Message and data rates may apply. STOP ends it."
)
THANKS = "{{ identity }}: thank you, you are on our list. Reply STOP to leave it, HELP for help."
APPOINTMENT = f"{CAUSE}appointment"
"""The cause of what is said to an answer about an appointment."""

log = structlog.get_logger(__name__)


async def take_asked(connection: AsyncConnection, heard: Heard) -> Decision | None:
    """What is said when the message answers a question of ours; None when nothing was asked, or this is no answer.

    An answer is no keyword: a YES here restores no consent. Whether the person may be answered is for the caller.
    """
    message = heard.message
    texts = await take_answer(
        connection,
        organization_id=heard.organization_id,
        conversation_id=heard.conversation_id,
        contact_id=heard.contact_id,
        message_sid=message.twilio_sid,
        body=message.body,
        now=heard.now,
    )
    if texts is not None:
        return _survey(texts)
    texts = await take_confirmation(
        connection,
        organization_id=heard.organization_id,
        phone=message.phone,
        channel=message.channel,
        message_sid=message.twilio_sid,
        body=message.body,
        now=heard.now,
    )
    return None if texts is None else Decision(f"{CAUSE}join", _says(texts))


async def take_reminded(
    connection: AsyncConnection, heard: Heard, situation: Situation, manner: Manner
) -> Decision | None:
    """What is said when the message answers a reminder of an appointment; None when it does not."""
    texts = await take_appointment_answer(connection, heard, situation.values, manner=manner)
    return None if texts is None else Decision(APPOINTMENT, _says(texts))


async def begin_survey(connection: AsyncConnection, heard: Heard, name: str) -> Decision:
    """The intro and first question of a survey; silence, and a log entry, when there is no such survey."""
    try:
        texts = await start_survey(
            connection,
            organization_id=heard.organization_id,
            conversation_id=heard.conversation_id,
            contact_id=heard.contact_id,
            name=name,
            now=heard.now,
        )
    except TidingsError as error:
        log.error("a reply rule names a survey that cannot begin", survey=name, reason=type(error).__name__)
        return SILENCE
    return _survey(texts)


async def ask_to_join(connection: AsyncConnection, heard: Heard, situation: Situation, asked: Join) -> Decision:
    """The question of a double opt-in."""
    renderer = Renderer(situation.values)
    texts = await join(
        connection,
        organization_id=heard.organization_id,
        phone=heard.message.phone,
        request=OptInRequest(
            ask=renderer.body(asked.ask or ASK),
            thanks=renderer.body(asked.thanks or THANKS),
            days=asked.days,
        ),
        message_sid=heard.message.twilio_sid,
        channel=heard.message.channel,
        now=heard.now,
    )
    return Decision(f"{CAUSE}join", _says(texts))


def _survey(texts: list[str]) -> Decision:
    """A survey ends by itself: the limit on automatic replies must not break it off."""
    return Decision(SURVEY, _says(texts), counts=False)


def _says(texts: list[str]) -> tuple[Say, ...]:
    return tuple(Say(body) for text in texts if (body := sayable(text).strip()))
