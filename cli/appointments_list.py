"""What `tidings appointments list` does, and how an appointment is shown in a line."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.table import Column, Table

from cli.database import open_database
from cli.messages_list import number, plain
from cli.output import print_json, results
from models.appointments.listing import AppointmentLine, Wanted, list_appointments
from models.columns import utc_now
from models.organizations import find_organization


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which appointments; `since` is UTC, None for now."""

    since: datetime | None
    state: str | None
    kind: str | None
    limit: int


def show_list(organization: str, wanted: Filter, *, show_numbers: bool, as_json: bool) -> None:
    """Prints appointments by their start. Raises `NoSuchOrganization`, and what `open_database` does."""
    print_lines(asyncio.run(_read(organization, wanted)), show_numbers=show_numbers, as_json=as_json)


def print_lines(lines: Sequence[AppointmentLine], *, show_numbers: bool, as_json: bool) -> None:
    """Prints appointments, times as the clocks of their place show them; in JSON as UTC."""
    if as_json:
        print_json({"appointments": [to_json(line, show_numbers=show_numbers) for line in lines]})
        return
    table = table_of("Starts", "Id", "Who", "What", "State", "Next reminder")
    for line in lines:
        who = (line.name, number(line.phone, show=show_numbers))
        starts, next_one = local(line), clock(line.next_reminder_at, line.timezone)
        answer = f"answered {in_words(line.answer)}" if line.answer else ""
        state = in_words(line.state)
        two_lines(
            table,
            (starts, line.timezone),
            (line.external_id,),
            who,
            (line.kind, line.place),
            (state,),
            (next_one, answer),
        )
    results().print(table)


def table_of(*columns: str) -> Table:
    """A table without lines, for rows of which each takes some: they fit a narrow terminal."""
    first, *others = columns
    return Table(Column(first, no_wrap=True), *others, box=None, padding=(0, 2, 1, 0))


def two_lines(table: Table, *cells: Sequence[str | None]) -> None:
    """Adds a row; what is in a cell stands one below the other, without what is empty."""
    table.add_row(*("\n".join(filter(None, cell)) for cell in cells))


def local(line: AppointmentLine) -> str:
    """The start as the clocks of the appointment's place show it."""
    return clock(line.starts_at, line.timezone)


def clock(moment: datetime | None, timezone: str) -> str:
    """A time as the clocks of a zone show it; "" for none."""
    return f"{moment.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}" if moment else ""


def in_words(state: str | None) -> str:
    """A state or an answer as people read it; "" for none."""
    return (state or "").replace("_", " ")


def to_json(line: AppointmentLine, *, show_numbers: bool) -> dict[str, Any]:
    """An appointment for machines."""
    return plain({**asdict(line), "phone": number(line.phone, show=show_numbers)})


async def _read(organization: str, wanted: Filter) -> Sequence[AppointmentLine]:
    async with open_database(application="appointments list") as (_, engine), engine.connect() as connection:
        organization_id = (await find_organization(connection, organization)).id
        since = wanted.since.replace(tzinfo=UTC) if wanted.since else utc_now()
        asked = Wanted(since=since, state=wanted.state, kind=wanted.kind)
        return await list_appointments(connection, organization_id, asked, most=wanted.limit)
