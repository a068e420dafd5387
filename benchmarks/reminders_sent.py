"""Reminders on their way at their sender's rate, and what an urgent message waits beside them."""

import asyncio
import statistics
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from benchmarks.database import Bench, fresh_database, open_bench
from benchmarks.due_reminders import fill
from benchmarks.send.arena import open_arena
from benchmarks.table import Scale, Table, seconds, whole
from messaging.settings import Settings
from models.columns import utc_now
from models.messages.direct.drafts import Draft, Posting
from models.messages.direct.planning import plan_direct
from models.reminders.planning import plan_due
from tasks.direct import send_direct
from tasks.equipment import Equipment, open_equipment

RATE = 100.0
"""SMS segments a second, a short code's."""
_DUE = {Scale.QUICK: 2_000, Scale.NORMAL: 100_000, Scale.FULL: 100_000}
_SECONDS = {Scale.QUICK: 4.0, Scale.NORMAL: 30.0, Scale.FULL: 60.0}
_EVERY = 0.7
"""Between two urgent messages; out of step with what looks twice a second."""

_LEFT = text("SELECT count(*) FROM messages WHERE appointment_id IS NOT NULL AND twilio_sid IS NOT NULL")
_SID = text("SELECT twilio_sid FROM messages WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Sent:
    """What was seen: reminders a second that Twilio took, and what each urgent message waited, in seconds."""

    per_second: float
    waits: list[float]


def sent_beside_urgent(bench: Bench, scale: Scale) -> Table:
    """Sends for a while without reminders, and then with all of them due."""

    async def measured(settings: Settings) -> dict[str, Sent]:
        async with open_bench(settings) as (engine, organization_id):
            await fill(engine, organization_id, due=_DUE[scale], now=utc_now())
        async with open_equipment(settings) as tools:
            alone = await _watch(tools, organization_id, scale)
            await _plan_all(tools)
            return {"alone": alone, "beside": await _watch(tools, organization_id, scale)}

    with fresh_database(bench) as settings, open_arena(Path(bench.folder)) as arena:
        sending = {"twilio_api_base_url": arena.server, "public_base_url": arena.server}
        seen = asyncio.run(measured(settings.model_copy(update=sending)))
    return _table(seen, due=_DUE[scale])


async def _plan_all(tools: Equipment) -> None:
    more = True
    while more:
        async with tools.engine.begin() as connection:
            more = (await plan_due(connection, now=tools.clock())).more


async def _watch(tools: Equipment, organization_id: UUID, scale: Scale) -> Sent:
    async with tools.engine.begin() as connection:
        await connection.execute(text("UPDATE senders SET rate = :rate"), {"rate": RATE})
        await connection.execute(text("UPDATE budgets SET rate = :rate"), {"rate": RATE})
    sending = asyncio.create_task(send_direct(tools))
    try:
        await _urgent(tools, organization_id)  # the first opens connections
        began, before = time.perf_counter(), await _left(tools)
        waits = []
        while time.perf_counter() - began < _SECONDS[scale]:
            await asyncio.sleep(_EVERY)
            waits.append(await _urgent(tools, organization_id))
        return Sent((await _left(tools) - before) / (time.perf_counter() - began), waits)
    finally:
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending


async def _urgent(tools: Equipment, organization_id: UUID) -> float:
    """Seconds from the commit of a direct message until Twilio's answer is written down."""
    posting = Posting(organization_id=organization_id, cause="benchmark", now=tools.clock())
    async with tools.engine.begin() as connection:
        planned = await plan_direct(connection, Draft(to="+12025550199", body="Your code is 4711."), posting)
    began = time.perf_counter()
    while True:
        async with tools.engine.connect() as connection:
            if (await connection.execute(_SID, {"id": planned.id})).scalar_one():
                return time.perf_counter() - began
        await asyncio.sleep(0.02)


async def _left(tools: Equipment) -> int:
    async with tools.engine.connect() as connection:
        return int((await connection.execute(_LEFT)).scalar_one())


def _table(seen: dict[str, Sent], *, due: int) -> Table:
    named = {"nothing else to send": "alone", f"{due:,} reminders due": "beside"}
    return Table(
        title=f"reminders: sent at {RATE:,.0f} a second, and urgent messages between them",
        columns=["", "reminders/s", "urgent: median", "longest", "messages"],
        rows=[
            [
                title,
                whole(seen[name].per_second),
                seconds(statistics.median(seen[name].waits)),
                seconds(max(seen[name].waits)),
                whole(len(seen[name].waits)),
            ]
            for title, name in named.items()
        ],
        notes=[
            "An urgent message is direct, by the same sender; its wait ends when Twilio's SID is written down."
        ],
    )
