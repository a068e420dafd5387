"""claim and record: what a claim of 500 messages costs, as the outbox grows."""

import asyncio
import time
from dataclasses import dataclass, field
from statistics import median

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.database import ACCOUNT_SID, Bench, fresh_database, open_bench
from benchmarks.explained import explain_claim
from benchmarks.outbox import fill
from benchmarks.table import Scale, Table, milliseconds, whole
from messaging.settings import Settings
from messaging.statuses import MessageState
from messaging.templates import Template
from models.campaigns.runs import Run
from models.columns import utc_now
from models.messages.claim import Claim, claim
from models.messages.record import record
from models.messages.results import Accepted

_ROWS = {
    Scale.QUICK: (20_000,),
    Scale.NORMAL: (100_000, 1_000_000),
    Scale.FULL: (100_000, 1_000_000, 10_000_000),
}
CLAIM_SIZE = 500
_CLAIMS = {Scale.QUICK: 3, Scale.NORMAL: 15, Scale.FULL: 15}
_WORST = "worst"


@dataclass(slots=True)
class _Took:
    """Seconds of each claim and of each record, and the plan of a claim."""

    claims: list[float] = field(default_factory=list)
    records: list[float] = field(default_factory=list)
    plan: str = ""


def run(bench: Bench, scale: Scale) -> list[Table]:
    """Claims and records in outboxes of growing size, each in a database of its own."""
    took: dict[int, _Took] = {}
    for rows in _ROWS[scale]:
        with fresh_database(bench) as settings:
            took[rows] = asyncio.run(_measured(settings, rows=rows, claims=_CLAIMS[scale]))
    return [_table(took)]


async def _measured(settings: Settings, *, rows: int, claims: int) -> _Took:
    took = _Took()
    async with open_bench(settings) as (engine, organization_id):
        async with engine.begin() as connection:
            due, template = await fill(connection, organization_id, rows=rows)
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("VACUUM (ANALYZE) messages"))
        for _ in range(claims):
            began = time.perf_counter()
            taken = await _claim(engine, due, template)
            claimed = time.perf_counter()
            await _record(engine, taken)
            took.claims.append(claimed - began)
            took.records.append(time.perf_counter() - claimed)
        took.plan = await explain_claim(engine, due, template, most=CLAIM_SIZE)
    return took


async def _claim(engine: AsyncEngine, due: Run, template: Template) -> Claim:
    async with engine.begin() as connection:
        return await claim(
            connection, due.id, template=template, most=CLAIM_SIZE, lease=60, now=utc_now(), hours_margin=None
        )


async def _record(engine: AsyncEngine, taken: Claim) -> None:
    results = [
        Accepted(message.id, f"SM{message.id:032x}", MessageState.QUEUED, 201) for message in taken.messages
    ]
    async with engine.begin() as connection:
        await record(connection, results, claim_id=taken.id, account_sid=ACCOUNT_SID, now=utc_now())


def _table(took: dict[int, _Took]) -> Table:
    rows = [
        [
            f"{rows:,} rows",
            milliseconds(median(each.claims)),
            milliseconds(max(each.claims)),
            milliseconds(median(each.records)),
            milliseconds(max(each.records)),
            whole(CLAIM_SIZE / (median(each.claims) + median(each.records))),
        ]
        for rows, each in took.items()
    ]
    largest = max(took)
    return Table(
        title=f"claim and record: {CLAIM_SIZE} messages a time, by the size of the outbox",
        columns=["outbox", "claim, median", _WORST, "record, median", _WORST, "messages/s through both"],
        rows=rows,
        notes=[
            "Nine rows in ten are the history of nine runs, one in ten is due in the run that is claimed from.",
            "A claim reads consent, renders, counts segments and commits; a record writes SIDs and commits.",
            f"The plan of a claim among {largest:,} rows:",
        ],
        listing=took[largest].plan,
    )
