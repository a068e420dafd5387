"""When each place of an audience may first be written to: worked out once a place, joined to the people."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.quiet_hours.hours import Hours
from models.campaigns.audience import MEMBERS
from models.quiet_hours.place_key import PLACE_KEY, place_of_key

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The opening of a place where no hour is allowed in all of its zones within eight days."""

_PLACES = text(f"SELECT DISTINCT {PLACE_KEY} AS place_key {MEMBERS}")

OPENING = f"""
    LEFT JOIN unnest(CAST(:place_keys AS text[]), CAST(:openings AS timestamptz[])) AS h(place_key, opens_at)
        ON h.place_key = {PLACE_KEY}
"""
"""Joins the opening `h.opens_at` of the place of a contact `ct` and a message `m`; NULL where no hours hold."""


@dataclass(frozen=True, slots=True)
class Openings:
    """The opening of each place, by its key; empty where no hours hold."""

    by_place: dict[str, datetime] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        """The parameters that `OPENING` takes."""
        return {"place_keys": list(self.by_place), "openings": list(self.by_place.values())}

    @property
    def latest(self) -> datetime | None:
        """The last of the openings that come."""
        return max((moment for moment in self.by_place.values() if moment != NEVER), default=None)


async def openings(
    connection: AsyncConnection, hours: Hours | None, values: dict[str, Any], *, at: datetime
) -> Openings:
    """The openings from business time `at` on, for the audience that `values` tell; none where no hours hold."""
    if hours is None:
        return Openings()
    keys = (await connection.execute(_PLACES, values)).scalars()
    return Openings({key: hours.opening(place_of_key(key), at) or NEVER for key in keys})
