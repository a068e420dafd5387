"""Which stored deliveries a replay is about, and those of them that could not be handled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.statuses import TWILIO_STATUSES

_OWN = """
    (CAST(:organization_id AS uuid) IS NULL OR e.organization_id = :organization_id
        OR (e.organization_id IS NULL AND e.account_sid = (
            SELECT o.twilio_account_sid FROM organizations o WHERE o.id = :organization_id)))
"""

_NEXT = text(f"""
    SELECT e.id, e.kind FROM webhook_events e
    WHERE e.id > :after AND {_OWN}
        AND (CAST(:keys AS text[]) IS NULL OR e.dedupe_key = ANY(CAST(:keys AS text[])))
        AND (CAST(:since AS timestamptz) IS NULL OR e.received_at >= :since)
        AND (CAST(:until AS timestamptz) IS NULL OR e.received_at < :until)
    ORDER BY e.id LIMIT :most
""")  # noqa: S608 (only the text above is put in)

_FAILED = text(f"""
    SELECT e.id, e.kind, e.received_at, e.error AS reason, e.tries, e.next_try_at,
        (SELECT pair ->> 1 FROM jsonb_array_elements(e.payload) AS pair
         WHERE pair ->> 0 = 'MessageSid' LIMIT 1) AS sid
    FROM webhook_events e
    WHERE e.error IS NOT NULL AND {_OWN}
    ORDER BY e.id DESC LIMIT :most
""")  # noqa: S608 (only the text above is put in)


@dataclass(frozen=True, slots=True)
class Selection:
    """Deliveries about one message, or received from `since` on and before `until`; of one organization or all."""

    sid: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    organization_id: UUID | None = None

    @property
    def dedupe_keys(self) -> list[str] | None:
        """The keys that deliveries about the message can have; None for any message."""
        if self.sid is None:
            return None
        statuses = sorted(status.value for status in TWILIO_STATUSES)
        return [f"inbound:{self.sid}", *(f"status:{self.sid}:{status}" for status in statuses)]

    def includes(self, *, dedupe_key: str, received_at: datetime) -> bool:
        """Whether a delivery that is not in the database is among them; to whom it belongs is not asked."""
        keys = self.dedupe_keys
        return (
            (keys is None or dedupe_key in keys)
            and (self.since is None or received_at >= self.since)
            and (self.until is None or received_at < self.until)
        )


@dataclass(frozen=True, slots=True)
class Selected:
    """A stored delivery's id and kind."""

    id: int
    kind: str


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


async def select_deliveries(
    connection: AsyncConnection, selection: Selection, *, after: int, most: int
) -> Sequence[Selected]:
    """The next deliveries of a selection, by id."""
    values: dict[str, Any] = {
        "keys": selection.dedupe_keys,
        "since": selection.since,
        "until": selection.until,
        "organization_id": selection.organization_id,
        "after": after,
        "most": most,
    }
    return [Selected(**row) for row in (await connection.execute(_NEXT, values)).mappings()]


async def failed_deliveries(
    connection: AsyncConnection, *, organization_id: UUID | None, most: int
) -> Sequence[FailedDelivery]:
    """The newest deliveries that could not be handled, without what is in them but the message's SID."""
    rows = await connection.execute(_FAILED, {"organization_id": organization_id, "most": most})
    return [FailedDelivery(**row) for row in rows.mappings()]
