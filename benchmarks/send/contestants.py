"""Who takes part: how each is started, and how many messages it is given."""

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.table import Scale

TIDINGS = "Tidings, everything recorded"
BARE = "(a) bare loop over the async SDK"
THREADS = "(b) threads over the sync SDK"
PREFECT = "(c) one Prefect task a message"
CELERY = "(d) one Celery task a message"


@dataclass(frozen=True, slots=True)
class Contestant:
    """`module` sends the messages; `sizes` is for how many people, by the scale of the benchmark."""

    module: str
    sizes: Mapping[Scale, tuple[int, ...]]


_ALL = {Scale.QUICK: (1_000,), Scale.NORMAL: (10_000, 100_000), Scale.FULL: (10_000, 100_000)}
CONTESTANTS: Mapping[str, Contestant] = {
    BARE: Contestant("benchmarks.send.bare", _ALL),
    TIDINGS: Contestant("benchmarks.send.tidings", {**_ALL, Scale.FULL: (10_000, 100_000, 1_000_000)}),
    THREADS: Contestant("benchmarks.send.threads", {**_ALL, Scale.NORMAL: (10_000,)}),
    PREFECT: Contestant(
        "benchmarks.send.prefect_map",
        {Scale.QUICK: (1_000,), Scale.NORMAL: (10_000,), Scale.FULL: (2_000, 10_000)},
    ),
    CELERY: Contestant("benchmarks.send.celery_queue", {**_ALL, Scale.NORMAL: (10_000,)}),
}


def turns(scale: Scale) -> list[tuple[str, int]]:
    """Who sends how many, in turn: all of one size one after the other, on a machine in the same mood."""
    all_ = [(name, people) for name, one in CONTESTANTS.items() for people in one.sizes[scale]]
    return sorted(all_, key=lambda turn: turn[1])
