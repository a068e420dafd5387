"""An organization's reminders by the time they are due: of a day, of a rule, by what became of them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.reminders.fates import Fate
from models.reminders.story import LINE, ReminderLine

ON_THE_DAY = """
    r.due_at >= CAST(:day AS date) - interval '14 hours' AND r.due_at < CAST(:day AS date) + interval '36 hours'
    AND (r.due_at AT TIME ZONE a.timezone)::date = CAST(:day AS date)
"""
"""Due on a day where the appointment is, which begins at most 14 hours before that of UTC, and ends 12 after."""

_LIST = text(f"""
    SELECT * FROM (
        {LINE} AND (CAST(:day AS date) IS NULL OR ({ON_THE_DAY}))
            AND (CAST(:rule AS text) IS NULL OR r.rule = :rule)
            AND (CAST(:place AS text) IS NULL OR a.place = :place)
            AND (CAST(:after_due AS timestamptz) IS NULL
                OR (r.due_at, r.id) > (CAST(:after_due AS timestamptz), CAST(:after_id AS bigint)))
    ) line
    WHERE CAST(:state AS text) IS NULL OR fate = :state
    ORDER BY due_at, id
    LIMIT CAST(:most AS bigint)
""")  # noqa: S608 (only texts of ours are put in)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which reminders: due on a day where the appointment is, in a state, of a rule, at a place; None for any."""

    day: date | None = None
    state: Fate | None = None
    rule: str | None = None
    place: str | None = None


Place = tuple[datetime, int]
"""Where a list goes on: when the last one shown is due, and its id."""


async def list_reminders(
    connection: AsyncConnection,
    organization_id: UUID,
    wanted: Wanted,
    *,
    after: Place | None = None,
    most: int | None,
) -> Sequence[ReminderLine]:
    """The organization's reminders that are wanted, by the time they are due."""
    asked = {
        "organization_id": organization_id,
        **asdict(wanted),
        "after_due": after[0] if after else None,
        "after_id": after[1] if after else None,
        "most": most,
    }
    return [ReminderLine(**row) for row in (await connection.execute(_LIST, asked)).mappings()]
