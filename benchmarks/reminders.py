"""reminders: 100,000 that are due in one tick become messages and are sent, what is urgent between them."""

import asyncio
import time
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.database import Bench, fresh_database, open_bench
from benchmarks.due_reminders import fill
from benchmarks.reminders_sent import sent_beside_urgent
from benchmarks.table import Scale, Table, seconds, share, whole
from models.columns import utc_now
from models.reminders.planning import MOST, plan_due

_DUE = {Scale.QUICK: 5_000, Scale.NORMAL: 100_000, Scale.FULL: 1_000_000}
_ROUNDS = 3

_BARE = text("""
    INSERT INTO messages (organization_id, direction, state, phone, country, our_address, channel, message_type,
        contact_id, sender_id, campaign_run_id, appointment_id, dedupe_key, cause, send_after, send_before,
        created_at, updated_at)
    SELECT ct.organization_id, 'outbound', 'planned', ct.phone, ct.country, s.address, 'sms', 'transactional',
        ct.id, s.id, g.id, a.id, int8send(r.id), 'reminder', r.due_at, r.send_before, :now, :now
    FROM reminders r
    JOIN appointments a ON a.id = r.appointment_id
    JOIN contacts ct ON ct.id = a.contact_id
    JOIN senders s ON s.organization_id = r.organization_id AND s.purpose = 'transactional'
    JOIN campaign_runs g ON g.sender_id = s.id
    JOIN campaigns c ON c.id = g.campaign_id AND c.reminder_rule = r.rule
    WHERE r.state = 'waiting' AND r.plan_at <= :now
""")
"""What must be written in any case, into the same table: safe to run once only, and nothing is noted as done."""

_NOTED = text(
    "UPDATE reminders SET state = 'planned', updated_at = :now WHERE state = 'waiting' AND plan_at <= :now"
)
"""The least that keeps a second tick from planning the same; it leaves the reminder without its message."""


def run(bench: Bench, scale: Scale) -> list[Table]:
    """Plans the same reminders in turns by Tidings and by the bare statements; then sends some, watched."""
    with fresh_database(bench) as settings:

        async def measured() -> dict[str, float]:
            async with open_bench(settings) as (engine, organization_id):
                now = utc_now()
                await fill(engine, organization_id, due=_DUE[scale], now=now)
                return await _best(engine, now=now)

        took = asyncio.run(measured())
    return [_table(took, due=_DUE[scale]), sent_beside_urgent(bench, scale)]


async def _best(engine: AsyncEngine, *, now: datetime) -> dict[str, float]:
    took: dict[str, list[float]] = {}
    for _ in range(_ROUNDS):
        tick, first = await _tick(engine, now=now)
        took.setdefault("tidings", []).append(tick)
        took.setdefault("first", []).append(first)
        took.setdefault("bare", []).append(await _bare(engine, noted=False, now=now))
        took.setdefault("noted", []).append(await _bare(engine, noted=True, now=now))
        took.setdefault("idle", []).append(await _idle(engine, now=now))
    return {name: min(each) for name, each in took.items()}


async def _tick(engine: AsyncEngine, *, now: datetime) -> tuple[float, float]:
    """Seconds until all are planned and committed, and until the first may leave."""
    began = time.perf_counter()
    first, more = 0.0, True
    while more:
        async with engine.begin() as connection:
            more = (await plan_due(connection, now=now)).more
        first = first or time.perf_counter() - began
    took = time.perf_counter() - began
    await _again(engine)
    return took, first


async def _bare(engine: AsyncEngine, *, noted: bool, now: datetime) -> float:
    began = time.perf_counter()
    async with engine.begin() as connection:
        await connection.execute(_BARE, {"now": now})
        if noted:
            await connection.execute(_NOTED, {"now": now})
    took = time.perf_counter() - began
    await _again(engine)
    return took


async def _idle(engine: AsyncEngine, *, now: datetime) -> float:
    """A tick at which nothing is due, beside as many that wait."""
    began = time.perf_counter()
    async with engine.begin() as connection:
        await plan_due(connection, now=now - timedelta(days=1))
    return time.perf_counter() - began


async def _again(engine: AsyncEngine) -> None:
    """Leaves to the next what this one found: an empty outbox, the same reminders waiting in a table as tidy."""
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE reminders SET state = 'waiting', message_id = NULL"))
        await connection.execute(text("DELETE FROM messages"))
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.execute(text("VACUUM (FULL, ANALYZE) reminders, messages"))


def _table(took: dict[str, float], *, due: int) -> Table:
    named = {
        "Tidings: the whole tick": "tidings",
        "bare INSERT … SELECT, same table": "bare",
        "the same, and UPDATE … SET state, in one transaction": "noted",
    }
    rows = [
        [title, seconds(took[name]), whole(due / took[name]), share(took["bare"], took[name])]
        for title, name in named.items()
    ]
    return Table(
        title=f"reminders: {due:,} due in one tick",
        columns=["", "time", "rows/s", "of the bare statement's speed"],
        rows=rows,
        notes=[
            f"Best of {_ROUNDS}, in turns, each committed.",
            f"The first {min(MOST, due):,} may leave after {seconds(took['first'])}.",
            f"A tick at which nothing is due takes {seconds(took['idle'])}.",
            "The bare statement asks for no consent, and plans all of them again at the next tick.",
            "With its UPDATE it still plans twice when two ticks meet, and waits for what is being changed.",
        ],
    )
