"""Handles one inbound message in the caller's transaction: live from the webhook, and again in a replay."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.conversations.threading import add_inbound
from models.inbound.obedience import obey, obey_stop
from models.inbound.ownership import Owner, owner_of
from models.inbound.payload import InboundMessage

NO_REPLY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
"""TwiML that sends nothing: Twilio itself answers STOP, START and HELP, a second answer would be one too many."""

_MESSAGE = text("""
    INSERT INTO messages (organization_id, direction, state, phone, our_address, channel, contact_id, body, media,
                          twilio_sid, account_sid, created_at, updated_at)
    VALUES (:organization_id, 'inbound', 'received', :phone, :our_address, :channel, :contact_id, :body,
            CAST(:media AS jsonb), :twilio_sid, :account_sid, :now, :now)
    ON CONFLICT (twilio_sid) DO NOTHING
    RETURNING id
""")

_THREAD = text("UPDATE messages SET conversation_id = :conversation_id WHERE id = :id")

_CONTACT = text("SELECT id FROM contacts WHERE organization_id = :organization_id AND phone = :phone")

_NEW_CONTACT = text("""
    INSERT INTO contacts (organization_id, phone, country, created_at, updated_at)
    VALUES (:organization_id, :phone, :country, :now, :now)
    ON CONFLICT (organization_id, phone) DO NOTHING
""")


@dataclass(frozen=True, slots=True)
class Handled:
    """The TwiML to answer with, and whose message it was: None for a number of no tenant."""

    answer: str
    organization_id: UUID | None


async def handle_inbound(connection: AsyncConnection, message: InboundMessage, *, now: datetime) -> Handled:
    """Contact, message, conversation and consent of one inbound message; a second time changes nothing.

    A message to a number of no tenant is not threaded; its STOP counts all the same.
    """
    owner = await owner_of(connection, message)
    if owner is None:
        await obey_stop(connection, message, now=now)
        return Handled(NO_REPLY, None)
    contact_id = await _find_or_create_contact(connection, message, owner, now=now)
    message_id = await _store(connection, message, owner, contact_id=contact_id, now=now)
    if message_id is not None:
        await _thread(connection, message, owner, contact_id=contact_id, message_id=message_id, now=now)
        await obey(connection, message, organization_id=owner.organization_id, now=now)
    return Handled(NO_REPLY, owner.organization_id)


async def _find_or_create_contact(
    connection: AsyncConnection, message: InboundMessage, owner: Owner, *, now: datetime
) -> int | None:
    """The contact with the sender's number, made without a name when new; None for a sender without a number."""
    if not message.is_from_person:
        return None
    key = {"organization_id": owner.organization_id, "phone": message.phone}
    known: int | None = (await connection.execute(_CONTACT, key)).scalar_one_or_none()
    if known is not None:
        return known
    await connection.execute(_NEW_CONTACT, {**key, "country": message.country, "now": now})
    return int((await connection.execute(_CONTACT, key)).scalar_one())


async def _store(
    connection: AsyncConnection, message: InboundMessage, owner: Owner, *, contact_id: int | None, now: datetime
) -> int | None:
    """The id of the new row; None when the message was stored before."""
    values = {
        "organization_id": owner.organization_id,
        "phone": message.phone,
        "our_address": owner.our_address,
        "channel": message.channel,
        "contact_id": contact_id,
        "body": message.body,
        "media": json.dumps(message.media) if message.media else None,
        "twilio_sid": message.twilio_sid,
        "account_sid": message.account_sid,
        "now": now,
    }
    stored: int | None = (await connection.execute(_MESSAGE, values)).scalar_one_or_none()
    return stored


async def _thread(
    connection: AsyncConnection,
    message: InboundMessage,
    owner: Owner,
    *,
    contact_id: int | None,
    message_id: int,
    now: datetime,
) -> None:
    if contact_id is None:
        return
    conversation_id = await add_inbound(
        connection,
        organization_id=owner.organization_id,
        contact_id=contact_id,
        our_address=owner.our_address,
        channel=message.channel,
        body=message.body,
        now=now,
    )
    await connection.execute(_THREAD, {"conversation_id": conversation_id, "id": message_id})
