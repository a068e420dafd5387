"""Which stored deliveries a replay is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.statuses import TWILIO_STATUSES

OWN = """
    (CAST(:organization_id AS uuid) IS NULL OR e.organization_id = :organization_id
        OR (e.organization_id IS NULL AND e.account_sid = (
            SELECT o.twilio_account_sid FROM organizations o WHERE o.id = :organization_id)))
"""
"""Of one organization, or of all where `:organization_id` is null; what was never handled is its account's."""

_OF_MESSAGE = text(f"""
    SELECT e.id, e.kind, e.received_at FROM webhook_events e
    WHERE e.dedupe_key = ANY(CAST(:keys AS text[])) AND {OWN} ORDER BY e.id
""")  # noqa: S608 (only the text above is put in)

_SPAN = text("""
    SELECT COALESCE(min(id), 0) AS first, COALESCE(max(id), -1) AS last FROM webhook_events
    WHERE received_at >= COALESCE(CAST(:since AS timestamptz), '-infinity')
        AND received_at < COALESCE(CAST(:until AS timestamptz), 'infinity')
""")

_NEXT = text(f"""
    SELECT e.id, e.kind, e.received_at FROM webhook_events e
    WHERE e.id BETWEEN :first AND :last AND {OWN} ORDER BY e.id LIMIT :most
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

    def is_in_time(self, received_at: datetime) -> bool:
        """Whether a delivery of that time is among them."""
        return (self.since is None or received_at >= self.since) and (
            self.until is None or received_at < self.until
        )

    def includes(self, *, dedupe_key: str, received_at: datetime) -> bool:
        """Whether a delivery that is not in the database is among them; to whom it belongs is not asked."""
        keys = self.dedupe_keys
        return (keys is None or dedupe_key in keys) and self.is_in_time(received_at)


@dataclass(frozen=True, slots=True)
class Selected:
    """A stored delivery's id and kind."""

    id: int
    kind: str


async def span_of(connection: AsyncConnection, selection: Selection) -> tuple[int, int]:
    """The first and the last id that can be in a selection by time; between them others may be too."""
    values = {"since": selection.since, "until": selection.until}
    row = (await connection.execute(_SPAN, values)).one()
    return row.first, row.last


async def deliveries_between(
    connection: AsyncConnection, selection: Selection, *, first: int, last: int, most: int
) -> tuple[list[Selected], int | None]:
    """Those of a selection by time among the next `most` ids, and the last id read; None when there was none."""
    values = {"organization_id": selection.organization_id, "first": first, "last": last, "most": most}
    rows = (await connection.execute(_NEXT, values)).all()
    return _chosen(rows, selection), rows[-1].id if rows else None


async def deliveries_of_message(connection: AsyncConnection, selection: Selection) -> list[Selected]:
    """Those of a selection by SID: at most as many as there are statuses."""
    values = {"organization_id": selection.organization_id, "keys": selection.dedupe_keys}
    return _chosen((await connection.execute(_OF_MESSAGE, values)).all(), selection)


def _chosen(rows: Sequence["Row[Any]"], selection: Selection) -> list[Selected]:
    return [Selected(row.id, row.kind) for row in rows if selection.is_in_time(row.received_at)]
