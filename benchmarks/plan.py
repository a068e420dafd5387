"""plan: an audience frozen into message rows, against the bare INSERT … SELECT."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.database import Bench, fresh_database, open_bench
from benchmarks.population import add_campaign, add_people
from benchmarks.table import Scale, Table, seconds, share, whole
from models.campaigns.plan import plan
from models.campaigns.runs import ensure_run
from models.campaigns.tables import ONCE, Campaign
from models.columns import utc_now

_PEOPLE = {Scale.QUICK: 20_000, Scale.NORMAL: 1_000_000, Scale.FULL: 1_000_000}
_ROUNDS = 2
_NIGHT = datetime(2026, 11, 25, 8, tzinfo=UTC)
"""Quiet in all of the United States."""

_BARE = text("""
    INSERT INTO messages (organization_id, direction, state, phone, country, channel, message_type, contact_id,
        sender_id, campaign_run_id, dedupe_key, send_after, created_at, updated_at)
    SELECT ct.organization_id, 'outbound', 'planned', ct.phone, ct.country, 'sms', 'marketing', ct.id, :sender_id,
        :run_id, int8send(ct.id), :now, :now, :now
    FROM contacts ct JOIN consents cs ON cs.organization_id = ct.organization_id AND cs.phone = ct.phone
        AND cs.message_type = 'marketing' AND cs.topic = '' AND cs.channel = 'sms'
    WHERE cs.state = 'opted_in'
""")
"""What must be written in any case, into the same table: no order, no reasons, safe to run once only."""

_PLAIN_TABLE = text(
    "CREATE TABLE plain_outbox (id bigserial PRIMARY KEY, phone text, contact_id bigint, state text)"
)
_PLAIN = text("""
    INSERT INTO plain_outbox (phone, contact_id, state)
    SELECT ct.phone, ct.id, 'planned'
    FROM contacts ct JOIN consents cs ON cs.organization_id = ct.organization_id AND cs.phone = ct.phone
        AND cs.message_type = 'marketing' AND cs.topic = '' AND cs.channel = 'sms'
    WHERE cs.state = 'opted_in'
""")


def run(bench: Bench, scale: Scale) -> list[Table]:
    """Plans the same audience in turns by Tidings and by each bare statement; the best of each counts."""
    with fresh_database(bench) as settings:

        async def measured() -> dict[str, float]:
            async with open_bench(settings) as (engine, organization_id):
                async with engine.begin() as connection:
                    await add_people(connection, organization_id, people=_PEOPLE[scale])
                    campaign = await add_campaign(connection, organization_id)
                    await connection.execute(_PLAIN_TABLE)
                return await _best(engine, campaign)

        took = asyncio.run(measured())
    return [_table(took, people=_PEOPLE[scale])]


async def _best(engine: AsyncEngine, campaign: Campaign) -> dict[str, float]:
    took: dict[str, list[float]] = {}
    for _ in range(_ROUNDS):
        took.setdefault("tidings", []).append(await _tidings(engine, campaign, keeps_hours=True))
        took.setdefault("any hour", []).append(await _tidings(engine, campaign, keeps_hours=False))
        took.setdefault("bare", []).append(await _bare(engine, campaign, _BARE))
        took.setdefault("plain", []).append(await _bare(engine, campaign, _PLAIN))
    return {name: min(each) for name, each in took.items()}


async def _tidings(engine: AsyncEngine, campaign: Campaign, *, keeps_hours: bool) -> float:
    async with engine.connect() as connection:
        run = await ensure_run(connection, campaign, occurrence=ONCE, now=_NIGHT)
        began = time.perf_counter()
        await plan(connection, campaign, run, now=_NIGHT, window=timedelta(hours=48), keeps_hours=keeps_hours)
        took = time.perf_counter() - began
        await connection.rollback()
    await _tidy(engine)
    return took


async def _bare(engine: AsyncEngine, campaign: Campaign, statement: TextClause) -> float:
    async with engine.connect() as connection:
        run = await ensure_run(connection, campaign, occurrence=ONCE, now=utc_now())
        values: dict[str, Any] = {"sender_id": run.sender_id, "run_id": run.id, "now": utc_now()}
        asked = {name: values[name] for name in statement.compile().params}
        began = time.perf_counter()
        await connection.execute(statement, asked)
        took = time.perf_counter() - began
        await connection.rollback()
    await _tidy(engine)
    return took


async def _tidy(engine: AsyncEngine) -> None:
    """Leaves to the next statement what this one found: empty tables, nothing waiting to be written."""
    async with engine.begin() as connection:
        await connection.execute(text("TRUNCATE plain_outbox, messages CASCADE"))


def _table(took: dict[str, float], *, people: int) -> Table:
    named = {
        "Tidings, at night: everyone held for the morning of their place": "tidings",
        "Tidings, without quiet hours": "any hour",
        "bare INSERT … SELECT, same table": "bare",
        "bare INSERT … SELECT, table of four columns": "plain",
    }
    rows = [
        [title, seconds(took[name]), whole(people / took[name]), share(took["bare"], took[name])]
        for title, name in named.items()
    ]
    return Table(
        title=f"plan: {people:,} contacts into the outbox",
        columns=["", "time", "rows/s", "of the bare statement's speed"],
        rows=rows,
        notes=[
            f"Best of {_ROUNDS}, in turns. The bare statement writes the same columns with the same indexes.",
            "But it leaves people out without a reason, and when it runs twice, it writes to everyone twice.",
        ],
    )
