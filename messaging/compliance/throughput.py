"""How fast numbers may send, as rows of `data/sender_throughput.csv`: Twilio's and the carriers' own figures.

The segments a second of a 10DLC campaign are those of all carriers together, and shared by all of its numbers.
T-Mobile's segments a day are shared by everything of a brand, here and elsewhere.
"""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from messaging.compliance.numbers import Registration, SenderKind, SenderNumber


@dataclass(frozen=True, slots=True)
class Throughput:
    """SMS segments a second, and a day to T-Mobile (None where it sets no limit)."""

    segments_per_second: float
    t_mobile_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    kind: SenderKind
    registered: str
    volume: str
    score_from: int
    score_to: int
    throughput: Throughput

    def fits(self, number: SenderNumber) -> bool:
        registered = "no" if number.is_blocked else "yes"
        volume = "low" if number.low_volume and registered == "yes" else "standard"
        return (
            self.kind is number.kind
            and self.registered in (registered, "any")
            and self.volume == volume
            and self.score_from <= (number.trust_score or 0) <= self.score_to
        )


def throughput_of(number: SenderNumber) -> Throughput | None:
    """What one number may send; None while it is not known how its 10DLC campaign was vetted."""
    if number.kind is SenderKind.TEN_DLC and number.registration is Registration.UNKNOWN:
        return None
    return next((row.throughput for row in _TABLE if row.fits(number)), None)


def throughput_of_all(numbers: Collection[SenderNumber]) -> Throughput | None:
    """What a sender's numbers may send together; None when that is not known of every one of them."""
    shared: dict[str, Throughput] = {}
    for number in numbers:
        found = throughput_of(number)
        if found is None:
            return None
        shared[number.campaign or number.address] = found
    if not shared:
        return None
    daily = [each.t_mobile_per_day for each in shared.values() if each.t_mobile_per_day is not None]
    return Throughput(sum(each.segments_per_second for each in shared.values()), min(daily, default=None))


def _read_table() -> list[_Row]:
    with (Path(__file__).parents[1] / "data" / "sender_throughput.csv").open(encoding="utf-8", newline="") as file:
        return [_row(row) for row in csv.DictReader(file)]


def _row(row: dict[str, str]) -> _Row:
    daily = row["t_mobile_segments_per_day"]
    return _Row(
        SenderKind(row["kind"]),
        row["registered"],
        row["volume"],
        int(row["score_from"]),
        int(row["score_to"]),
        Throughput(float(row["segments_per_second"]), int(daily) if daily else None),
    )


_TABLE: Final = _read_table()
