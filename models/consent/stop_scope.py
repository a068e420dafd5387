"""What a bare STOP ends, as the organization's policy says: everything, or what its sender sent last."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.consent.scope import EVERYTHING, Scope
from models.policy.store import load_policy
from models.senders import MessageType

_SENT_LAST = text("""
    SELECT m.message_type, m.topic
    FROM contacts ct
    JOIN messages m ON m.contact_id = ct.id
    LEFT JOIN senders s ON s.id = m.sender_id
    WHERE ct.organization_id = :organization_id AND ct.phone = :phone
        AND m.direction = 'outbound' AND m.twilio_sid IS NOT NULL AND m.message_type IS NOT NULL
        AND (s.address = ANY(CAST(:addresses AS text[])) OR m.our_address = ANY(CAST(:addresses AS text[])))
    ORDER BY COALESCE(m.attempted_at, m.created_at) DESC, m.id DESC LIMIT 1
""")
"""By when it left, which is not the order in which it was planned; an automatic reply leaves as it is made."""


async def scope_of_stop(
    connection: AsyncConnection, *, organization_id: UUID, phone: str, addresses: Sequence[str], now: datetime
) -> Scope:
    """The scope of a STOP that came at `now` to one of our `addresses` (numbers, Messaging Services).

    Where nothing was sent from there, nobody knows what is meant, and it ends everything.
    """
    policy = await load_policy(connection, organization_id)
    if policy.opt_out.stop_ends_all(now):
        return EVERYTHING
    values = {"organization_id": organization_id, "phone": phone, "addresses": list(addresses)}
    last = (await connection.execute(_SENT_LAST, values)).one_or_none()
    return Scope((MessageType(last.message_type),), topic=last.topic) if last else EVERYTHING
