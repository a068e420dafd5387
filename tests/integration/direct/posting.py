"""Direct messages planned in one line, and what became of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.columns import utc_now
from models.messages.direct.drafts import Draft, PlannedDirect, Posting
from models.messages.direct.planning import plan_direct
from tests.integration.population import phone

WHATSAPP_ADDRESS = "+14155550155"


def posting(organization_id: UUID, **changes: Any) -> Posting:
    return replace(Posting(organization_id=organization_id, cause="a test", now=utc_now()), **changes)


def draft(number: int = 1, /, **changes: Any) -> Draft:
    return Draft(**{"to": phone(number), "body": "Your table is ready.", **changes})


async def post(engine: AsyncEngine, organization_id: UUID, one: Draft, **changes: Any) -> PlannedDirect:
    async with engine.begin() as connection:
        return await plan_direct(connection, one, posting(organization_id, **changes))


async def row_of(connection: AsyncConnection, message_id: int | None) -> Mapping[str, Any]:
    found = await connection.execute(text("SELECT * FROM messages WHERE id = :id"), {"id": message_id})
    return dict(found.mappings().one())


async def add_whatsapp_sender(
    connection: AsyncConnection, organization_id: UUID, *, purpose: str = "transactional"
) -> None:
    await connection.execute(
        text("""
            INSERT INTO senders (id, organization_id, purpose, address, channel, rate, state, created_at)
            VALUES (gen_random_uuid(), :organization_id, :purpose, :address, 'whatsapp', 80, 'active', now())
        """),
        {"organization_id": organization_id, "purpose": purpose, "address": WHATSAPP_ADDRESS},
    )


async def hear(
    connection: AsyncConnection,
    organization_id: UUID,
    number: str,
    *,
    hours_ago: float,
    address: str,
    channel: str,
) -> UUID:
    """A conversation in which the contact of a number wrote so many hours ago; returns its id."""
    made = await connection.execute(
        text("""
            INSERT INTO conversations (id, organization_id, contact_id, our_address, channel, preview, unread,
                                       last_inbound_at, created_at)
            SELECT gen_random_uuid(), :organization_id, id, :address, :channel, '', 0,
                now() - make_interval(secs => :seconds), now()
            FROM contacts WHERE organization_id = :organization_id AND phone = :phone
            RETURNING id
        """),
        {
            "organization_id": organization_id,
            "phone": number,
            "address": address,
            "channel": channel,
            "seconds": hours_ago * 3600,
        },
    )
    return UUID(str(made.scalar_one()))
