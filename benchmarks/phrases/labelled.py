"""The labelled phrases: what each says about getting more messages."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from messaging.refusals import Refusal

PARTS = ("held_out", "seen")


class Labelled(NamedTuple):
    """A phrase in a language (`other` for several), and what a person says it means."""

    language: str
    label: Refusal
    phrase: str


def read(part: str) -> Sequence[Labelled]:
    """The phrases of one of `PARTS`."""
    with (Path(__file__).parent / f"{part}.csv").open(encoding="utf-8", newline="") as file:
        return [Labelled(row["language"], Refusal(row["label"]), row["phrase"]) for row in csv.DictReader(file)]
