"""An inbound message becomes a row, its media wait to be fetched, and it joins its conversation."""

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.conversations.threading import add_inbound
from models.inbound.ownership import Owner
from models.inbound.payload import InboundMessage

_MESSAGE = text("""
    INSERT INTO messages (organization_id, direction, state, phone, our_address, channel, contact_id, body, media,
                          twilio_sid, account_sid, created_at, updated_at)
    VALUES (:organization_id, 'inbound', 'received', :phone, :our_address, :channel, :contact_id, :body,
            CAST(:media AS jsonb), :twilio_sid, :account_sid, :now, :now)
    ON CONFLICT (twilio_sid) DO NOTHING
    RETURNING id
""")

_MEDIA = text("""
    INSERT INTO inbound_media (organization_id, message_id, place, url, declared_type, state, next_try_at,
                               created_at, updated_at)
    SELECT :organization_id, :message_id, place - 1, medium->>'url', medium->>'content_type', 'waiting', :now,
           :now, :now
    FROM jsonb_array_elements(CAST(:media AS jsonb)) WITH ORDINALITY AS m(medium, place)
""")

_THREAD = text("UPDATE messages SET conversation_id = :conversation_id WHERE id = :id")


async def store_message(
    connection: AsyncConnection, message: InboundMessage, owner: Owner, *, contact_id: int | None, now: datetime
) -> int | None:
    """The id of the new row, its media with it; None when the message was stored before."""
    media = json.dumps(message.media) if message.media else None
    values = {
        "organization_id": owner.organization_id,
        "phone": message.phone,
        "our_address": owner.our_address,
        "channel": message.channel,
        "contact_id": contact_id,
        "body": message.body,
        "media": media,
        "twilio_sid": message.twilio_sid,
        "account_sid": message.account_sid,
        "now": now,
    }
    stored: int | None = (await connection.execute(_MESSAGE, values)).scalar_one_or_none()
    if stored is not None and media is not None:
        medium = {"organization_id": owner.organization_id, "message_id": stored, "media": media, "now": now}
        await connection.execute(_MEDIA, medium)
    return stored


async def thread_message(
    connection: AsyncConnection,
    message: InboundMessage,
    owner: Owner,
    *,
    contact_id: int,
    message_id: int,
    now: datetime,
) -> UUID:
    """Puts a stored message into the contact's conversation with our address, opened when new."""
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
    return conversation_id
