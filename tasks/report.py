"""What the Prefect UI shows of a campaign at its end: a table whose counts add up to the audience."""

import asyncio
from datetime import datetime
from uuid import UUID

from prefect import task
from prefect.artifacts import acreate_table_artifact
from prefect.cache_policies import NO_CACHE

from messaging.statuses import MessageState
from models.campaigns.report import Report, read_report
from models.messages.outlook import count_under_way
from models.quiet_hours.held import in_words
from tasks.artifact_keys import artifact_key
from tasks.equipment import Equipment, equipment

DELIVERY_SECONDS = 20.0
"""How long a run waits for the last delivery reports, so that the report seldom stops short of them."""


async def wait_for_deliveries(tools: Equipment, run_id: UUID) -> None:
    """Waits until Twilio has told the end of every message it took, or for 20 seconds at most."""
    loop = asyncio.get_running_loop()
    until = loop.time() + DELIVERY_SECONDS
    while loop.time() < until:
        async with tools.engine.connect() as connection:
            if not await count_under_way(connection, run_id):
                return
        await asyncio.sleep(1.0)


@task(name="report", task_run_name="report", cache_policy=NO_CACHE)
async def publish_report(run_id: UUID) -> None:
    """Publishes the run's report as a table artifact; no number and no text of a message is in it."""
    tools = equipment()
    async with tools.engine.connect() as connection:
        report = await read_report(connection, run_id, now=tools.clock())
    await acreate_table_artifact(
        table=report_rows(report),
        key=await artifact_key("report", tools, run_id),
        description=description(report, now=tools.clock()),
    )


def description(report: Report, *, now: datetime) -> str:
    """What the table is about, who waits for allowed hours, and the alerts that were raised."""
    about = f"**{report.name}**: what became of the {report.audience:,} people in its audience."
    held = [f"**Held.** {in_words(report.held, now=now)}."] if report.held else []
    if report.in_review:
        held.append(f"**In review.** {report.in_review:,} until somebody decides on a text of theirs.")
    return "\n\n".join([about, *held, *(f"**Alert.** {alert.reason}" for alert in report.alerts)])


def report_rows(report: Report) -> list[dict[str, str | int]]:
    """The report as rows whose counts add up to the last one, the audience; states of nobody are left out."""
    rows: list[dict[str, str | int]] = [
        {"what": state, "messages": messages}
        for state, messages in report.states.items()
        if messages and state != MessageState.SKIPPED
    ]
    rows += [
        {"what": f"skipped: {reason.replace('_', ' ')}", "messages": messages}
        for reason, messages in report.skipped.items()
        if messages
    ]
    return [*rows, {"what": "audience", "messages": report.audience}]
