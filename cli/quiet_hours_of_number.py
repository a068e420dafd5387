"""What `tidings quiet-hours` does."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from cli.database import open_database
from cli.output import print_json, results
from messaging.phones import parse
from models.columns import utc_now
from models.organizations import find_organization
from models.quiet_hours.explained import ExplainedHours, explain_hours

_MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose hours, and what is known beside what is stored."""

    phone: str
    organization: str
    at: datetime | None
    zone: str | None
    postcode: str | None
    region: str | None


def show_hours(asked: Asked, *, as_json: bool) -> None:
    """Prints them. Raises `PhoneRefused`, `NoSuchOrganization`, and what `open_database` does."""
    found, kept = asyncio.run(_find(asked))
    if as_json:
        print_json({**found.to_json(), "kept": kept})
        return
    _show(results(), found)
    if not kept:
        results().print("Quiet hours are off (TIDINGS_QUIET_HOURS): messages leave at any hour.")


async def _find(asked: Asked) -> tuple[ExplainedHours, bool]:
    async with open_database(application="quiet hours") as (settings, engine), engine.connect() as connection:
        organization = await find_organization(connection, asked.organization)
        phone = parse(asked.phone, region=organization.default_region)
        at = asked.at or utc_now()
        explained = await explain_hours(
            connection,
            phone,
            organization_id=organization.id,
            at=at if at.tzinfo else at.replace(tzinfo=UTC),
            zone=asked.zone,
            postcode=asked.postcode,
            region=asked.region,
        )
    return explained, settings.tidings_quiet_hours


def _show(console: Console, found: ExplainedHours) -> None:
    zones = [f"{zone} ({found.at.astimezone(ZoneInfo(zone)):%a %H:%M})" for zone in found.place.zones]
    console.print(f"zones: {_some(zones)}\nregions: {_some(found.place.regions)}", soft_wrap=True)
    table = Table("Region", "Hours", "Source", "As of")
    for rule in found.rules:
        table.add_row(rule.region, str(rule), rule.source, str(rule.as_of or ""))
    console.print(table)
    console.print(f"{found.sentence} This holds for: {', '.join(sorted(found.hours.applies_to))}.", soft_wrap=True)


def _some(names: list[str] | tuple[str, ...]) -> str:
    more = len(names) - _MOST_SHOWN
    return ", ".join(names[:_MOST_SHOWN]) + (f" and {more} more" if more > 0 else "") or "not known"
