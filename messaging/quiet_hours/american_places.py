"""Where an American number's person may be: pairs of zone and state, from tables of area codes and postcodes."""

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from messaging.quiet_hours.spots import Spot
from messaging.quiet_hours.zones import same_clock

_DATA = Path(__file__).parents[1] / "data"
_PREFIX = 3
"""Digits of an area code, and of the part of a postcode that tells the state."""
_OUTLYING = frozenset({"US-PR", "US-VI", "US-GU", "US-MP", "US-AS", "US-FM", "US-MH", "US-PW"})
"""Places with area codes or countries of their own: a number that tells no state is of none of them."""
_TOLL_FREE = frozenset({"800", "833", "844", "855", "866", "877", "888"})


def american_spots(
    phone: str, *, zone: str | None, postcode: str | None, region: str | None, country: str
) -> frozenset[Spot]:
    """The spots that are possible; all of the country when nothing tells, as with a toll-free number.

    A stored zone that is not one of the area code's means that the person took the number along: the states of the
    code stay possible (Florida presumes so), and every state of the zone is too.
    """
    stored = _of_state(region) or _of_postcode(postcode)
    territory = _of_state(country if country != "US" else None)
    told = stored or _of_area_code(phone) or territory or _everywhere()
    if zone is None:
        return told
    there = _keeping(told, zone)
    if there or stored:
        return _moved(there or told, zone)
    return _moved(told, zone) | _moved(_keeping(_everywhere(), zone), zone)


def is_american(phone: str) -> bool:
    """Whether a number has an area code of the United States or a territory, or is toll-free in North America."""
    digits = phone.removeprefix("+1")
    return digits != phone and (digits[:_PREFIX] in _area_codes() or digits[:_PREFIX] in _TOLL_FREE)


def _keeping(spots: Iterable[Spot], zone: str) -> frozenset[Spot]:
    return frozenset(spot for spot in spots if same_clock(spot.zone, zone))


def _moved(spots: Iterable[Spot], zone: str) -> frozenset[Spot]:
    return frozenset(Spot(zone, spot.region) for spot in spots)


def _of_state(region: str | None) -> frozenset[Spot]:
    code = (region or "").strip().upper().removeprefix("US-")
    return frozenset(spot for spot in _known() if spot.region == f"US-{code}")


def _of_area_code(phone: str) -> frozenset[Spot]:
    digits = phone.removeprefix("+1")
    return frozenset() if digits == phone else _area_codes().get(digits[:_PREFIX], frozenset())


def _of_postcode(postcode: str | None) -> frozenset[Spot]:
    return _postcodes().get((postcode or "").strip()[:_PREFIX], frozenset())


@cache
def _everywhere() -> frozenset[Spot]:
    return frozenset(spot for spot in _known() if spot.region not in _OUTLYING)


@cache
def _known() -> frozenset[Spot]:
    return frozenset().union(*_area_codes().values(), *_postcodes().values())


@cache
def _area_codes() -> Mapping[str, frozenset[Spot]]:
    return {row["area_code"]: _spots(row["states"], row["zones"]) for row in _read("us_area_codes.csv")}


@cache
def _postcodes() -> Mapping[str, frozenset[Spot]]:
    found: dict[str, frozenset[Spot]] = {}
    for row in _read("us_postcodes.csv"):
        for prefix in range(int(row["first"]), int(row["last"]) + 1):
            spots = _spots(row["state"], row["zones"])
            found[f"{prefix:03}"] = found.get(f"{prefix:03}", frozenset()) | spots
    return found


def _spots(states: str, zones: str) -> frozenset[Spot]:
    return frozenset(Spot(zone, f"US-{state}") for state in states.split() for zone in zones.split())


def _read(file: str) -> list[dict[str, str]]:
    with (_DATA / file).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))
