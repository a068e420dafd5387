"""What Twilio and our database say of one campaign."""

import json
from collections import Counter
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from models.campaigns.report import read_report
from models.columns import utc_now
from tests.chaos.judge import Evidence
from tests.chaos.recipients import People
from tests.simulator.running import Twilio

_OPEN = text("""
    SELECT CASE r.state WHEN 'planning' THEN 1 WHEN 'paused' THEN 0 ELSE (
        SELECT count(*) FROM messages
        WHERE campaign_run_id = r.id AND state IN ('planned', 'claimed', 'unknown')) END
    FROM campaign_runs r WHERE r.id = :run_id
""")
_ROWS = text("SELECT phone, state::text, twilio_sid, skip_reason FROM messages WHERE campaign_run_id = :run_id")


async def open_messages(engine: AsyncEngine, run_id: UUID) -> int:
    """Messages whose sending is not over, none when the run paused; 1 before the plan and without PostgreSQL."""
    try:
        async with engine.connect() as connection:
            return int((await connection.execute(_OPEN, {"run_id": run_id})).scalar_one())
    except (OperationalError, InterfaceError):
        return 1


async def gather(
    engine: AsyncEngine, twilio: Twilio, run_id: UUID, *, people: People, before: Counter[str]
) -> Evidence:
    """The evidence on a run; `before` are the simulator's counts when it began."""
    lines = (await twilio.request("GET", f"/simulator/messages?format=ndjson&after={before['requests']}")).json
    entries: list[dict[str, Any]] = [json.loads(line) for line in lines.splitlines()]
    async with engine.connect() as connection:
        report = await read_report(connection, run_id, now=utc_now())
        rows = [dict(row) for row in (await connection.execute(_ROWS, {"run_id": run_id})).mappings()]
    stats = await twilio.get("stats")
    given_up = stats.get("webhook_failures", 0) - before["webhook_failures"]
    lost = (await twilio.get("settings"))["callbacks"]["lost"]
    return Evidence(
        accepted=[entry for entry in entries if entry["accepted"]],
        rows=rows,
        eligible=people.agreed,
        stops=await stops_heard(twilio),
        audience=len(people.everyone),
        report=report.states,
        incidents=report.incidents,
        stopped_because=report.state_reason,
        callbacks_lost=len(rows) if lost else given_up,
    )


async def stops_heard(twilio: Twilio) -> dict[str, float | None]:
    """Everybody who ever said STOP, with the earliest moment when we had answered one."""
    heard: list[dict[str, Any]] = (await twilio.request("GET", "/simulator/inbound?limit=10000")).json["messages"]
    stops: dict[str, float | None] = {}
    for entry in heard:
        if entry["keyword"] == "STOP":
            answered = entry["answered_monotonic"] if (entry["webhook_status"] or 500) < 300 else None
            known = stops.get(entry["from"])
            stops[entry["from"]] = answered if known is None else known
    return stops
