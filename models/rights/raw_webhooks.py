"""Raw webhooks that a person is in, found by reading all that are kept, some at a time."""

import json
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

AT_ONCE = 50_000
"""Ids in one transaction."""

_BOUNDS = text("SELECT COALESCE(min(id), 0) AS first, COALESCE(max(id), -1) AS last FROM webhook_events")

_REMOVE = text("""
    DELETE FROM webhook_events
    WHERE id BETWEEN :first AND :last
        AND (organization_id = :organization_id OR account_sid = CAST(:account_sid AS text))
        AND (payload @> CAST(:from_sms AS jsonb) OR payload @> CAST(:to_sms AS jsonb)
            OR payload @> CAST(:from_whatsapp AS jsonb) OR payload @> CAST(:to_whatsapp AS jsonb))
""")


@dataclass(frozen=True, slots=True)
class Person:
    """Whose webhooks: of this organization and account, from or to this number (E.164)."""

    organization_id: UUID
    account_sid: str | None
    phone: str

    @property
    def addresses(self) -> tuple[str, str]:
        """The number as Twilio writes it on each channel."""
        return self.phone, f"whatsapp:{self.phone}"


async def bounds(connection: AsyncConnection) -> range:
    """The first ids of the batches to look through."""
    found = (await connection.execute(_BOUNDS)).one()
    return range(found.first, found.last + 1, AT_ONCE)


async def remove_webhooks(connection: AsyncConnection, person: Person, *, first: int) -> int:
    """Removes those of a batch that the person is in, and returns how many."""
    values = {
        "organization_id": person.organization_id,
        "account_sid": person.account_sid,
        "first": first,
        "last": first + AT_ONCE - 1,
        **sides(person),
    }
    return (await connection.execute(_REMOVE, values)).rowcount


def sides(person: Person) -> dict[str, str]:
    """What a payload contains that is from or to the person, on each channel: `from_sms` and so on, as JSON."""
    return {
        f"{way.lower()}_{channel}": json.dumps([[way, address]])
        for channel, address in zip(("sms", "whatsapp"), person.addresses, strict=True)
        for way in ("From", "To")
    }
