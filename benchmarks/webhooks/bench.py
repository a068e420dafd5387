"""webhooks: how long Twilio waits at a steady rate, and how many a second are answered, beside a bare handler."""

import asyncio
from dataclasses import dataclass
from statistics import median

from benchmarks.database import Bench, fresh_database, open_bench
from benchmarks.table import Scale, Table, milliseconds, share, whole
from benchmarks.webhooks.generator import Order, Summary
from benchmarks.webhooks.load import generate, missing, wrong_ends
from benchmarks.webhooks.outbox import hand_over
from benchmarks.webhooks.servers import SOURCE, Server, bare_handler, our_api
from benchmarks.webhooks.traffic import traffic
from messaging.settings import Settings

RATE = 500.0
CONNECTIONS = 64
_SEED = 1
_STEADY_SECONDS = {Scale.QUICK: 2, Scale.NORMAL: 20, Scale.FULL: 60}
_TURN_SECONDS = {Scale.QUICK: 2.0, Scale.NORMAL: 10.0, Scale.FULL: 10.0}
_TURNS = {Scale.QUICK: 1, Scale.NORMAL: 3, Scale.FULL: 3}
_CALLS_A_MESSAGE = 3.3
_MOST_PER_SECOND = 6_000
"""More than either can answer, so that nobody runs out of calls."""


_BOUNDS = (
    "What bounds us is the CPU of our one process. Its profile (py-spy), in per cent: 33 for inbound messages,",
    "one call in twenty, some 3 ms each for its statements one after the other; 21 for verifying and answering",
    "statuses; 7 for batches of statuses; the rest is uvicorn, asyncio, and psycopg between statements.",
)


@dataclass(frozen=True, slots=True)
class _Turn:
    """What was heard in a turn, and the server's CPU seconds a call."""

    summary: Summary
    cpu: float


def run(bench: Bench, scale: Scale) -> list[Table]:
    """The steady rate, then both as fast as they can, in turns."""
    with fresh_database(bench) as settings:
        steady = _steady(settings, messages=int(RATE * _STEADY_SECONDS[scale] / _CALLS_A_MESSAGE))
    with fresh_database(bench) as settings:
        fastest = _fastest(settings, scale)
    return [steady, fastest]


def _steady(settings: Settings, *, messages: int) -> Table:
    asyncio.run(_prepare(settings, messages=messages))
    with our_api(settings) as server:
        order = Order(server.port, SOURCE, CONNECTIONS, first=1, messages=messages, seed=_SEED, per_second=RATE)
        summary = generate(order)
    lost, wrong = asyncio.run(_count(settings, messages=messages))
    return Table(
        title=f"webhooks: {RATE:,.0f} signed callbacks a second for {summary.seconds:.0f} s",
        columns=["", "callbacks", "answered 2xx", "not stored", "wrong end", "p50", "p95", "p99", "worst"],
        rows=[
            [
                "Tidings, everything stored and applied",
                whole(summary.calls),
                share(summary.good, summary.calls),
                whole(lost),
                whole(wrong),
                *map(milliseconds, (summary.p50, summary.p95, summary.p99, summary.worst)),
            ]
        ],
        notes=[
            "Statuses of a campaign out of order, one in twenty twice, one callback in twenty an inbound message.",
            "API, PostgreSQL and generator are processes that share the machine.",
            "Latency counts from when a call is due, not from when a connection is free.",
        ],
    )


def _fastest(settings: Settings, scale: Scale) -> Table:
    seconds, turns = _TURN_SECONDS[scale], _TURNS[scale]
    each = int(_MOST_PER_SECOND * seconds / _CALLS_A_MESSAGE)
    asyncio.run(_prepare(settings, messages=each * turns))
    ours, bare = list[_Turn](), list[_Turn]()
    with our_api(settings) as our_server, bare_handler() as bare_server:
        for turn in range(turns):
            for server, found in ((bare_server, bare), (our_server, ours)):
                order = Order(server.port, SOURCE, CONNECTIONS, 1 + turn * each, each, turn, seconds=seconds)
                found.append(_turn(server, order))
    rate = median(turn.summary.per_second for turn in bare)
    return Table(
        title=f"webhooks: as many as are answered, over {CONNECTIONS} connections",
        columns=["", "answered 2xx/s", "of bare", "CPU a call", "p50", "p95", "p99"],
        rows=[
            _row("bare FastAPI handler: signature, nothing kept", bare, of=rate),
            _row("Tidings, everything stored and applied", ours, of=rate),
        ],
        notes=[
            f"Medians of {turns} turns of {seconds:.0f} s each, one after the other; one uvicorn worker each.",
            "CPU is that of the server's process alone; PostgreSQL has its own.",
            " ".join(_BOUNDS),
        ],
    )


def _turn(server: Server, order: Order) -> _Turn:
    before = server.cpu_seconds()
    summary = generate(order)
    return _Turn(summary, (server.cpu_seconds() - before) / summary.calls)


def _row(name: str, found: list[_Turn], *, of: float) -> list[str]:
    rate = median(turn.summary.per_second for turn in found)
    cpu = median(turn.cpu for turn in found)
    marks = [median(getattr(turn.summary, mark) for turn in found) for mark in ("p50", "p95", "p99")]
    return [name, whole(rate), share(rate, of), f"{1e6 * cpu:,.0f} µs", *map(milliseconds, marks)]


async def _prepare(settings: Settings, *, messages: int) -> None:
    async with open_bench(settings) as (engine, organization_id), engine.begin() as connection:
        await hand_over(connection, organization_id, messages=messages)


async def _count(settings: Settings, *, messages: int) -> tuple[int, int]:
    calls = traffic(SOURCE, messages=messages, seed=_SEED)
    async with open_bench(settings) as (engine, _), engine.connect() as connection:
        return await missing(connection, calls), await wrong_ends(connection, calls)
