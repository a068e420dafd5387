"""Handles one inbound message in the caller's transaction: live from the webhook, and again in a replay."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.lookups import Question
from messaging.twilio_twiml import NO_REPLY
from models.events.kinds import EventKind
from models.events.note import note
from models.inbound.obedience import obey_stop
from models.inbound.ownership import Owner, owner_of
from models.inbound.payload import InboundMessage
from models.inbound.people import find_or_create_contact, one_at_a_time
from models.inbound.storing import store_message, thread_message
from models.replies.answering import Answer, answer, answer_again
from models.replies.heard import Heard
from models.replies.terms import LATE, ReplyTerms

__all__ = ["NO_REPLY", "Handled", "handle_inbound"]


@dataclass(frozen=True, slots=True)
class Handled:
    """The TwiML to answer with, and whose message it was: None for a number of no tenant.

    With a `lookup` the answer is still to come: ask, then call `models.replies.lookups.answer_lookup`.
    """

    answer: str
    organization_id: UUID | None
    lookup: Question | None = None


async def handle_inbound(
    connection: AsyncConnection, message: InboundMessage, *, now: datetime, terms: ReplyTerms = LATE
) -> Handled:
    """Contact, message, conversation, consent and reply of one inbound message; a second time changes nothing.

    Only with `terms` of a webhook that waits is the reply in the answer; otherwise it leaves by the outbox. A
    message to a number of no tenant is not threaded; its STOP counts all the same.
    """
    owner = await owner_of(connection, message)
    if owner is None:
        await obey_stop(connection, message, now=now)
        return Handled(NO_REPLY, None)
    await one_at_a_time(connection, message, owner)
    given = await _take_in(connection, message, owner, terms=terms, now=now)
    return Handled(given.twiml, owner.organization_id, given.lookup)


async def _take_in(
    connection: AsyncConnection, message: InboundMessage, owner: Owner, *, terms: ReplyTerms, now: datetime
) -> Answer:
    contact_id = await find_or_create_contact(connection, message, owner, now=now)
    message_id = await store_message(connection, message, owner, contact_id=contact_id, now=now)
    if message_id is None:
        return await answer_again(connection, message, terms=terms, now=now)
    if contact_id is None:
        return Answer(NO_REPLY)  # a short code or a name: nobody to thread, to obey or to answer
    conversation_id = await thread_message(
        connection, message, owner, contact_id=contact_id, message_id=message_id, now=now
    )
    heard = Heard(
        organization_id=owner.organization_id,
        conversation_id=conversation_id,
        contact_id=contact_id,
        message_id=message_id,
        message=message,
        now=now,
    )
    await _tell(connection, heard)
    return await answer(connection, heard, terms=terms)


async def _tell(connection: AsyncConnection, heard: Heard) -> None:
    await note(
        connection,
        organization_id=heard.organization_id,
        kind=EventKind.MESSAGE_RECEIVED,
        subject={
            "message_id": heard.message_id,
            "conversation_id": str(heard.conversation_id),
            "contact_id": heard.contact_id,
        },
        now=heard.now,
    )
