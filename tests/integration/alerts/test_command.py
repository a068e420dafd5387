"""`tidings alerts` and the report, as a person and a machine read them."""

import json

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.alerts.raising import check_rates
from tests.integration.alerts.runs import RULE, add_run, end_messages
from tests.integration.campaign_commands import Command
from tests.integration.outbox import NOW


async def test_alerts_are_listed_and_in_the_report(tidings: Command, committed: AsyncEngine) -> None:
    assert "No alerts are open" in (await tidings("alerts")).stdout
    async with committed.begin() as connection:
        found = await connection.execute(text("SELECT id FROM organizations"))
        run = await add_run(connection, found.scalar_one(), name="Sale")
        await end_messages(connection, run, ["failed"] * 6)
        await check_rates(connection, RULE, now=NOW)
    said = "6 of 6 messages that ended within 60 min failed (100.0%)"
    assert said in (await tidings("alerts")).stdout
    (listed,) = json.loads((await tidings("alerts", "--json")).stdout)["alerts"]
    assert (listed["campaign"], listed["campaign_run_id"], listed["ended_at"]) == ("Sale", str(run.id), None)
    assert f"alert: {said}" in (await tidings("campaign", "report", "Sale")).stdout
    assert json.loads((await tidings("campaign", "report", "Sale", "--json")).stdout)["alerts"] == [listed]
