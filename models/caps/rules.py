"""The caps that hold for a message: those of its organization's policy, and those of the states it may go to."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from messaging.caps.by_law import attempt_caps
from messaging.caps.cap import Cap
from messaging.quiet_hours.places import place_of
from models.messages.tables import SkipReason
from models.policy.caps_section import Caps

_TELLS_THE_PLACE = 6
"""Characters of a number in E.164 by which its place is told: the sign, the country code, the area."""


def caps_of(row: Mapping[str, Any], caps: Caps) -> tuple[Cap, ...]:
    """All caps that hold for marketing to the person of this row, whose place may be in several states."""
    return _caps_of(caps, regions_of(row) if caps.by_law else frozenset())


def regions_of(row: Mapping[str, Any]) -> frozenset[str]:
    """Where the person may be: ISO 3166-2 codes such as US-FL; several when that cannot be told."""
    stored = (row.get(name) for name in ("timezone", "postcode", "region", "country"))
    return _regions_of(row["phone"][:_TELLS_THE_PLACE], *stored)


@lru_cache(maxsize=16_384)
def _regions_of(
    number: str, timezone: str | None, postcode: str | None, region: str | None, country: str | None
) -> frozenset[str]:
    place = place_of(number, timezone=timezone, postcode=postcode, region=region, country=country)
    return frozenset(place.regions)


@lru_cache(maxsize=4096)
def _caps_of(caps: Caps, regions: Collection[str]) -> tuple[Cap, ...]:
    own = [Cap(cap.hours, cap.messages, SkipReason.FREQUENCY_CAP) for cap in caps.marketing]
    return (*own, *attempt_caps(regions))
