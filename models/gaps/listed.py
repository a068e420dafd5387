"""Messages from Twilio's list, kept as the deliveries that they would have been, to be handled like them."""

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.business_time import business_instant
from messaging.personal_data import mask_cards
from messaging.twilio_inbound import ListedInbound, ListedMedium

LISTED = "listed"
"""What stands in place of a webhook's query, so that people see where such a delivery comes from."""

_UNKNOWN = text("""
    SELECT sid FROM unnest(CAST(:sids AS text[])) AS listed(sid)
    WHERE NOT EXISTS (SELECT FROM messages m WHERE m.twilio_sid = listed.sid)
        AND NOT EXISTS (SELECT FROM webhook_events e WHERE e.dedupe_key = 'inbound:' || listed.sid)
""")

_KEEP = text("""
    INSERT INTO webhook_events (kind, dedupe_key, account_sid, query, payload, received_at)
    SELECT 'inbound', 'inbound:' || l.sid, :account_sid, :query, CAST(l.payload AS jsonb), l.at
    FROM unnest(CAST(:sids AS text[]), CAST(:payloads AS text[]), CAST(:times AS timestamptz[]))
        WITH ORDINALITY AS l(sid, payload, at, place)
    ORDER BY l.place
    ON CONFLICT (dedupe_key) DO NOTHING
    RETURNING id
""")

_WHATSAPP = text("""
    SELECT DISTINCT 'whatsapp:' || address FROM senders
    WHERE organization_id = :organization_id AND channel = 'whatsapp' AND address LIKE '+%'
""")


async def whatsapp_addresses(connection: AsyncConnection, organization_id: UUID) -> Sequence[str]:
    """The organization's WhatsApp senders, which Twilio does not list among its numbers."""
    return (await connection.execute(_WHATSAPP, {"organization_id": organization_id})).scalars().all()


async def unknown_sids(connection: AsyncConnection, sids: Sequence[str]) -> set[str]:
    """Those of which neither the message nor the delivery is here."""
    return set((await connection.execute(_UNKNOWN, {"sids": list(sids)})).scalars())


async def keep_listed(
    connection: AsyncConnection,
    messages: Sequence[ListedInbound],
    *,
    media: Mapping[str, Sequence[ListedMedium]],
    account_sid: str,
) -> Sequence[int]:
    """Keeps messages, in the order given, as deliveries received when they were created; returns the new ids.

    One whose webhook came after all is left out.
    """
    values = {
        "account_sid": account_sid,
        "query": LISTED,
        "sids": [message.sid for message in messages],
        "payloads": [json.dumps(payload_of(message, media.get(message.sid, ()))) for message in messages],
        "times": [business_instant(message.date_created) for message in messages],
    }
    return sorted((await connection.execute(_KEEP, values)).scalars())


def payload_of(message: ListedInbound, media: Sequence[ListedMedium]) -> list[tuple[str, str]]:
    """The names and values that the webhook would have had, as far as the list tells them."""
    fields = {
        "MessageSid": message.sid,
        "From": message.sender,
        "To": message.to,
        "Body": mask_cards(message.body),
        "NumMedia": str(message.media_count),
        "NumSegments": message.segments,
        "MessagingServiceSid": message.messaging_service_sid or "",
    }
    for place, medium in enumerate(media):
        fields |= {f"MediaUrl{place}": medium.url, f"MediaContentType{place}": medium.content_type}
    return [(name, value) for name, value in fields.items() if value or name == "Body"]
