"""One kill -9 in the middle of each contestant's work, then it is started again: who is lost, who is doubled?"""

import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass

import psutil

from benchmarks.database import Bench, fresh_database
from benchmarks.send import celery_queue, tidings
from benchmarks.send.arena import Arena, needs_database, open_arena, surroundings, tidings_environment, words_of
from benchmarks.send.contestants import CELERY, CONTESTANTS, PREFECT, TIDINGS
from benchmarks.send.log import clear_log, read_log
from benchmarks.send.outbox import planned_run
from benchmarks.send.processes import LONGEST_SECONDS, start, watch
from benchmarks.send.redis_server import why_no_celery
from benchmarks.table import Scale, Table, whole

_PEOPLE = 2_000
_FEWER = {PREFECT: 300}
_AGAIN = {TIDINGS: {tidings.AGAIN: "1"}, CELERY: {celery_queue.AGAIN: "1"}}
_SOON = {
    "TIDINGS_LEASE_SECONDS": "5",
    "TIDINGS_REQUEST_SECONDS": "2",
    "TIDINGS_SETTLE_GRACE_SECONDS": "2",
    "TIDINGS_SETTLE_REQUESTS_PER_SECOND": "200",
}
"""A minute's lease and two minutes' grace are the defaults; the benchmark does not wait so long."""


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What the server saw: before the kill, and once the contestant had been started again and ended."""

    name: str
    people: int
    before: int
    reached: int
    doubled: int


def run(bench: Bench, _scale: Scale) -> list[Table]:
    """Kills each contestant once, starts it again, and counts."""
    missing = why_no_celery()
    names = [name for name in CONTESTANTS if not (name == CELERY and missing)]
    with open_arena(bench.folder) as arena:
        return [table([_kill(bench, arena, name, people=_FEWER.get(name, _PEOPLE)) for name in names])]


def table(found: Sequence[Aftermath]) -> Table:
    """What became of the messages of each contestant."""
    return Table(
        title="kill: after one kill -9 half-way, and a start again",
        columns=["contestant, messages", "sent before", "lost", "doubled"],
        rows=[
            [
                f"{one.name}, {one.people:,}",
                whole(one.before),
                whole(one.people - one.reached),
                whole(one.doubled),
            ]
            for one in found
        ],
        notes=[
            "Started again as its user would: (a), (b) and (c) from the beginning, (d) with the same queue.",
            "Tidings as its sweep does it: the server is asked about every message that was under way.",
        ],
    )


def _kill(bench: Bench, arena: Arena, name: str, *, people: int) -> Aftermath:
    with ExitStack() as stack:
        environment = stack.enter_context(surroundings(name, arena))
        if needs_database(name):
            settings = stack.enter_context(fresh_database(bench))
            run_id = planned_run(settings, people=people)
            environment |= {**tidings_environment(settings, arena, run_id), **_SOON}
        words = words_of(name, arena, people=people)
        first = start(words, env=environment, core=arena.core)
        _wait_for_half(arena, first, people=people)
        _kill_all(first)
        before = read_log(arena.server)["people"]
        watch(start(words, env={**environment, **_AGAIN.get(name, {})}, core=arena.core))
        after = read_log(arena.server)
        clear_log(arena.server)
    return Aftermath(name, people, before, after["people"], after["doubled"])


def _wait_for_half(arena: Arena, process: "subprocess.Popen[str]", *, people: int) -> None:
    until = time.monotonic() + LONGEST_SECONDS
    while read_log(arena.server)["people"] < people // 2:
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"{process.args!r} ended before it could be killed")
        time.sleep(0.01)


def _kill_all(process: "subprocess.Popen[str]") -> None:
    root = psutil.Process(process.pid)
    for one in [*root.children(recursive=True), root]:
        with suppress(psutil.NoSuchProcess):
            one.send_signal(signal.SIGKILL)
    process.wait()
