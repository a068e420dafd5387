"""Until when each organization's inbound messages are known to be all here, and who is to be compared again.

Everything is by the database's clock. A comparison goes back a little further than it must: clocks differ, and a
message may show in Twilio's list a while after its creation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.gaps.beats import LONGEST_SECONDS

OVERLAP = timedelta(minutes=5)

_BEGIN = text("""
    INSERT INTO inbound_checks (organization_id, complete_until, checked_at)
    SELECT id, clock_timestamp(), clock_timestamp() FROM organizations WHERE twilio_account_sid IS NOT NULL
    ON CONFLICT (organization_id) DO NOTHING
""")

_CHECKS = text("""
    SELECT c.organization_id, c.complete_until, clock_timestamp() AS asked_at,
        COALESCE(r.beat_at + make_interval(secs => :longest) < clock_timestamp() OR r.up_since > c.checked_at,
                 false) AS is_gap,
        COALESCE(c.checked_at + make_interval(secs => CAST(:every AS float8)) <= clock_timestamp(),
                 false) AS is_due
    FROM inbound_checks c JOIN organizations o ON o.id = c.organization_id LEFT JOIN receiver_beats r ON r.id = 1
    WHERE o.twilio_account_sid IS NOT NULL
    ORDER BY c.organization_id
""")

_DONE = text("""
    UPDATE inbound_checks
    SET checked_at = :asked_at, complete_until = GREATEST(complete_until, :complete_until)
    WHERE organization_id = :organization_id
""")


@dataclass(frozen=True, slots=True)
class Check:
    """A comparison to be made. `is_gap`: the receiver is away, or was since the last one."""

    organization_id: UUID
    since: datetime
    asked_at: datetime
    is_gap: bool


async def begin_checks(connection: AsyncConnection) -> None:
    """From now on nothing that is written to an organization may be missed; what came before is history."""
    await connection.execute(_BEGIN)


async def due_checks(
    connection: AsyncConnection,
    *,
    every: float | None,
    since: datetime | None = None,
    only: UUID | None = None,
) -> Sequence[Check]:
    """Organizations for which the receiver was away since their last comparison, or that had none for so long.

    `every` is in seconds; None: no time is too long. With `since` all of them, or the `only` one, from that time
    on if it is earlier than what is to be compared.
    """
    values = {"longest": LONGEST_SECONDS, "every": every}
    rows = (await connection.execute(_CHECKS, values)).all()
    return [
        Check(
            row.organization_id, min(since or row.asked_at, row.complete_until - OVERLAP), row.asked_at, row.is_gap
        )
        for row in rows
        if only in (None, row.organization_id) and (since is not None or row.is_gap or row.is_due)
    ]


async def finish_check(connection: AsyncConnection, check: Check, *, complete_until: datetime) -> None:
    """Notes a comparison that missed no number."""
    values = {"asked_at": check.asked_at, "complete_until": complete_until}
    await connection.execute(_DONE, {**values, "organization_id": check.organization_id})
