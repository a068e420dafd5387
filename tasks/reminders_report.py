"""What the Prefect UI shows of reminders: a table for each organization and day, kept up to date."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from prefect import task
from prefect.artifacts import acreate_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactCollectionFilter, ArtifactCollectionFilterKey
from prefect.client.schemas.objects import ArtifactCollection
from slugify import slugify

from messaging.business_clock import real_now, real_wait
from models.reminders.days import today_of
from models.reminders.reminding import reminding
from models.reminders.report import RemindersReport, read_reminders_report
from models.reminders.report_rows import Row, report_rows, without_empty
from tasks.equipment import Equipment

EVERY = timedelta(minutes=5)
"""A day's table is brought up to date at most so often, in business time."""

_DAYS = (timedelta(days=1), timedelta(0))
"""Yesterday's table too: the answers still come in."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of an organization."""

    organization_id: UUID
    slug: str
    day: date

    @property
    def key(self) -> str:
        """`reminders-default-2026-11-27`: Prefect takes lower-case letters, digits and dashes."""
        return "-".join(("reminders", slugify(self.slug, max_length=60), self.day.isoformat()))


@dataclass(frozen=True, slots=True)
class Page:
    """A day of an organization as the UI is to show it; no number and no text of a message is in it."""

    key: str
    title: str
    rows: list[Row]

    def is_like(self, shown: ArtifactCollection) -> bool:
        """Whether the UI shows the same already."""
        return (shown.description, json.loads(str(shown.data))) == (self.title, self.rows)


async def report_reminders(tools: Equipment) -> int:
    """Publishes today's and yesterday's tables that have changed, if they are old enough; how many those were."""
    days = await _days(tools)
    shown = await _shown({day.key for day in days})
    published = 0
    for day in (day for day in days if _is_old(tools, shown.get(day.key))):
        page, before = await _page(tools, day), shown.get(day.key)
        if len(page.rows) > 1 and not (before is not None and page.is_like(before)):
            await publish_reminders(page)
            published += 1
    return published


@task(name="report reminders", task_run_name="report reminders", cache_policy=NO_CACHE)
async def publish_reminders(page: Page) -> None:
    """Publishes a day as a table artifact."""
    await acreate_table_artifact(table=page.rows, key=page.key, description=page.title)


async def _days(tools: Equipment) -> list[Day]:
    async with tools.engine.connect() as connection:
        found = []
        for organization in await reminding(connection, now=tools.clock()):
            today = await today_of(connection, organization["id"], now=tools.clock())
            found += [Day(organization["id"], organization["slug"], today - ago) for ago in _DAYS]
    return found


async def _page(tools: Equipment, day: Day) -> Page:
    async with tools.engine.connect() as connection:
        report = await read_reminders_report(connection, day.organization_id, day.day)
    return Page(day.key, _title(report), without_empty(report_rows(report)))


async def _shown(keys: Collection[str]) -> dict[str | None, ArtifactCollection]:
    """What the UI shows now under these keys."""
    if not keys:
        return {}
    wanted = ArtifactCollectionFilter(key=ArtifactCollectionFilterKey(any_=sorted(keys)))
    async with get_client() as client:
        return {each.key: each for each in await client.read_latest_artifacts(artifact_filter=wanted)}


def _is_old(tools: Equipment, shown: ArtifactCollection | None) -> bool:
    if shown is None or shown.updated is None:
        return True
    return (real_now() - shown.updated).total_seconds() >= real_wait(tools.clock, EVERY)


def _title(report: RemindersReport) -> str:
    """What the table is about, and why some were not sent."""
    total = report.total
    figures = (
        f"{total.sent:,} of {total.due:,} sent, {total.confirmed:,} confirmed, {total.unanswered:,} unanswered"
    )
    about = f"**Reminders of {report.day}**: {figures}."
    reasons = [f"- {each.reminders:,} {each.outcome.replace('_', ' ')}: {each.why}" for each in report.reasons]
    return "\n".join([about, *([""] if reasons else []), *reasons])
