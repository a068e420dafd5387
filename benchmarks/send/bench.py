"""Lets every contestant send to the bare server, one after the other, and compares them."""

from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks.database import Bench, fresh_database
from benchmarks.send.arena import (
    IN_FLIGHT,
    Arena,
    needs_database,
    open_arena,
    surroundings,
    tidings_environment,
    words_of,
)
from benchmarks.send.contestants import BARE, CELERY, PREFECT, TIDINGS, turns
from benchmarks.send.log import clear_log, read_log
from benchmarks.send.outbox import planned_run, recorded
from benchmarks.send.processes import Done, start, watch
from benchmarks.send.redis_server import why_no_celery
from benchmarks.send.server import ANSWER_SECONDS
from benchmarks.table import Scale, Table, milliseconds, share, times, whole


@dataclass(frozen=True, slots=True)
class Score:
    """What a contestant did with so many messages."""

    name: str
    people: int
    done: Done

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.people / self.done.seconds


def run(bench: Bench, scale: Scale) -> list[Table]:
    """Sends with every contestant in each of its sizes. Raises `RuntimeError` when one of them fails."""
    missing = why_no_celery()
    with open_arena(bench.folder) as arena:
        scores = [
            _score(bench, arena, name, people=people)
            for name, people in turns(scale)
            if not (name == CELERY and missing)
        ]
    return [_table(scores, missing=missing)]


def _score(bench: Bench, arena: Arena, name: str, *, people: int) -> Score:
    with ExitStack() as stack:
        environment = stack.enter_context(surroundings(name, arena))
        settings = stack.enter_context(fresh_database(bench)) if needs_database(name) else None
        if settings:
            environment |= tidings_environment(settings, arena, planned_run(settings, people=people))
        done = watch(start(words_of(name, arena, people=people), env=environment, core=arena.core))
        seen = read_log(arena.server)
        clear_log(arena.server)
        if seen != {"requests": people, "people": people, "doubled": 0}:
            raise RuntimeError(f"{name} was to write to {people} people once; the server saw {seen}")
        if settings and recorded(settings) != people:
            raise RuntimeError(f"Tidings recorded {recorded(settings)} of {people} messages")
    return Score(name, people, done)


def _table(scores: list[Score], *, missing: str) -> Table:
    bare = {score.people: score.rate for score in scores if score.name == BARE}
    rows = [
        [
            f"{score.name}, {score.people:,}",
            whole(score.rate),
            share(score.rate, bare[score.people]) if score.people in bare else "",
            milliseconds(score.done.use.cpu_seconds / score.people),
            f"{score.done.use.memory / 2**20:,.0f} MiB",
        ]
        for score in scores
    ]
    return Table(
        title=f"send: {IN_FLIGHT} requests in flight, a server that answers after {1000 * ANSWER_SECONDS:.0f} ms",
        columns=["contestant, messages", "messages/s", "of (a)", "CPU a message", "peak memory"],
        rows=rows,
        notes=[*_notes(scores), *([f"Left out: (d). {missing}"] if missing else [])],
    )


def _notes(scores: list[Score]) -> list[str]:
    notes = [
        "Each alone on one core; the server, and PostgreSQL for Tidings, on another.",
        "CPU and memory: the contestant's processes, Prefect's server and Celery's worker too; not the databases.",
    ]
    for other in (PREFECT, CELERY):
        notes += [f"Tidings to {other}: {ratio}."] if (ratio := _ratio(scores, other)) else []
    return notes


def _ratio(scores: list[Score], other: str) -> str:
    """How many times faster Tidings was in the largest size that both sent; empty when there is none."""
    rates = {(score.name, score.people): score.rate for score in scores}
    shared = [people for name, people in rates if name == other and (TIDINGS, people) in rates]
    if not shared:
        return ""
    return f"{times(rates[TIDINGS, max(shared)] / rates[other, max(shared)])} at {max(shared):,} messages"
