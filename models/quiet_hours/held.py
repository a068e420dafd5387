"""What of a campaign waits for morning: how many, until when, and where."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.quiet_hours.naming import LocalTime, local_time
from models.quiet_hours.judging import QUIET_HOURS
from models.quiet_hours.place_key import PLACE_KEY, place_of_key

_WAITING = f"""
    FROM messages m LEFT JOIN contacts ct ON ct.id = m.contact_id
    WHERE m.campaign_run_id = :run_id AND m.state = 'planned' AND m.held_for = '{QUIET_HOURS}'
        AND m.send_after > :now
"""
_GROUPS = text(f"""
    SELECT m.send_after AS until, {PLACE_KEY} AS place_key, count(*) AS people {_WAITING} GROUP BY 1, 2
""")
_FIRST = text(f"""
    SELECT m.send_after AS until, {PLACE_KEY} AS place_key, (SELECT count(*) {_WAITING}) AS people {_WAITING}
    ORDER BY m.send_after, m.id LIMIT 1
""")


_MOMENTS = text(f"SELECT m.send_after AS until, count(*) AS people {_WAITING} GROUP BY 1")


@dataclass(frozen=True, slots=True)
class HeldGroup:
    """So many people wait for the same moment by the same clock."""

    until: datetime
    local: LocalTime
    people: int

    def words(self, *, now: datetime) -> str:
        """`1,204 wait for 08:00 in New York`."""
        return f"{self.people:,} {'waits' if self.people == 1 else 'wait'} for {self.local.words(now=now)}"

    def to_json(self) -> dict[str, Any]:
        """The group for machines."""
        return {
            "until": self.until.isoformat(),
            "local": self.local.moment.isoformat(),
            "place": self.local.city,
            "people": self.people,
        }


async def held_groups(connection: AsyncConnection, run_id: UUID, *, now: datetime) -> list[HeldGroup]:
    """Everyone of a run who waits for allowed hours, by the moment and the clock, the soonest first."""
    rows = await connection.execute(_GROUPS, {"run_id": run_id, "now": now})
    return grouped((row.until, row.place_key, row.people) for row in rows)


async def held_by_opening(
    connection: AsyncConnection, run_id: UUID, by_place: Mapping[str, datetime], *, now: datetime
) -> list[HeldGroup]:
    """Everyone who waits, by the moment alone, named after a city of the places that open then; much cheaper."""
    people = {row.until: row.people for row in await connection.execute(_MOMENTS, {"run_id": run_id, "now": now})}
    cities: dict[datetime, Counter[LocalTime]] = {}
    for key, until in by_place.items():
        if until in people:
            cities.setdefault(until, Counter())[local_time(place_of_key(key), until)] += 1
    return [HeldGroup(until, cities[until].most_common(1)[0][0], people[until]) for until in sorted(cities)]


async def all_held(connection: AsyncConnection, run_id: UUID, *, now: datetime) -> HeldGroup | None:
    """Everyone of a run who waits for allowed hours, as if all did for the soonest; cheap enough to ask often."""
    rows = await connection.execute(_FIRST, {"run_id": run_id, "now": now})
    groups = grouped((row.until, row.place_key, row.people) for row in rows)
    return groups[0] if groups else None


def grouped(waiting: Iterable[tuple[datetime, str, int]]) -> list[HeldGroup]:
    """Groups of moments, place keys and people; a clock is named after the city that most of them are in."""
    clocks: dict[tuple[datetime, timedelta | None], Counter[LocalTime]] = {}
    for until, key, people in waiting:
        local = local_time(place_of_key(key), until)
        clocks.setdefault((until, local.moment.utcoffset()), Counter())[local] += people
    groups = [
        HeldGroup(until, cities.most_common(1)[0][0], cities.total()) for (until, _), cities in clocks.items()
    ]
    return sorted(groups, key=lambda group: (group.until, -group.people))


def in_words(groups: Sequence[HeldGroup], *, now: datetime, most: int = 3) -> str:
    """The first groups in a line, and how many people wait in all others."""
    told = [group.words(now=now) for group in groups[:most]]
    rest = sum(group.people for group in groups[most:])
    return ", ".join([*told, f"{rest:,} for later"] if rest else told)
