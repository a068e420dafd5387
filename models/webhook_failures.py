"""Stored deliveries that could not be handled, for people who look why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.webhook_selection import OWN

_FAILED = text(f"""
    SELECT e.id, e.kind, e.received_at, e.error AS reason, e.tries, e.next_try_at,
        (SELECT pair ->> 1 FROM jsonb_array_elements(e.payload) AS pair
         WHERE pair ->> 0 = 'MessageSid' LIMIT 1) AS sid
    FROM webhook_events e
    WHERE e.error IS NOT NULL AND {OWN}
    ORDER BY e.id DESC LIMIT :most
""")  # noqa: S608 (only the text above is put in)


@dataclass(frozen=True, slots=True)
class FailedDelivery:
    """A delivery that could not be handled. It is tried again at `next_try_at`; never without one."""

    id: int
    kind: str
    received_at: datetime
    reason: str
    tries: int
    next_try_at: datetime | None
    sid: str | None


async def failed_deliveries(
    connection: AsyncConnection, *, organization_id: UUID | None, most: int
) -> Sequence[FailedDelivery]:
    """The newest deliveries that could not be handled, without what is in them but the message's SID."""
    rows = await connection.execute(_FAILED, {"organization_id": organization_id, "most": most})
    return [FailedDelivery(**row) for row in rows.mappings()]
