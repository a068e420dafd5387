"""What `tidings appointments unconfirmed` does: the front desk's list of whom to call."""

import asyncio
import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.table import Table

from cli.appointments_list import clock, in_words, local, table_of, to_json, two_lines
from cli.database import open_database
from cli.messages_list import number
from cli.output import people, print_json, results
from messaging.errors import TidingsError
from models.appointments.unconfirmed import Unconfirmed, list_unconfirmed
from models.columns import utc_now
from models.conversations.previews import preview_of
from models.organizations import find_organization
from models.surveys.results_file import harmless

_COLUMNS = ("external_id", "starts_at", "timezone", "name", "phone", "kind", "place", "state")
_ASKED = ("reminded", "reminded_at", "answer", "wrote")


class NotWritten(TidingsError):
    """The file of the list cannot be written."""


def show_unconfirmed(
    organization: str,
    day: date | int,
    *,
    place: str | None,
    out: Path | None,
    show_numbers: bool,
    as_json: bool,
) -> None:
    """Prints the list, or writes it to a file. Raises `NotWritten`, `NoSuchOrganization`."""
    lines = asyncio.run(_read(organization, day, place))
    if as_json:
        print_json({"appointments": [to_json(line, show_numbers=show_numbers) for line in lines]})
    elif out is None:
        results().print(_table(lines, show_numbers=show_numbers))
    if out is not None:
        _write(out, lines)
        people().print(f"Rows written to {out}: {len(lines):,}.")


def _write(out: Path, lines: Sequence[Unconfirmed]) -> None:
    try:
        # With a byte order mark, or spreadsheets take UTF-8 for something else.
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_COLUMNS + _ASKED)
            writer.writerows([harmless(cell) for cell in _cells(line)] for line in lines)
    except OSError as error:
        raise NotWritten(f"{out} cannot be written: {(error.strerror or 'error').lower()}.") from None


def _cells(line: Unconfirmed) -> Sequence[str]:
    about = (line.name, line.phone, line.kind, line.place or "", line.state)
    asked = (line.reminded or "", clock(line.reminded_at, line.timezone), line.answer or "", line.wrote or "")
    return (line.external_id, local(line), line.timezone, *about, *asked)


def _table(lines: Sequence[Unconfirmed], *, show_numbers: bool) -> Table:
    table = table_of("Starts", "Id", "Who", "What", "State", "Reminded", "Wrote")
    for line in lines:
        who = (line.name, number(line.phone, show=show_numbers))
        reminded = (in_words(line.reminded), clock(line.reminded_at, line.timezone))
        wrote = (preview_of(line.wrote) if line.wrote else "",)
        starts, state = (local(line), line.timezone), (in_words(line.state),)
        two_lines(table, starts, (line.external_id,), who, (line.kind, line.place), state, reminded, wrote)
    return table


async def _read(organization: str, day: date | int, place: str | None) -> Sequence[Unconfirmed]:
    application = "appointments unconfirmed"
    async with open_database(application=application) as (_, engine), engine.connect() as connection:
        organization_id = (await find_organization(connection, organization)).id
        return await list_unconfirmed(connection, organization_id, day, now=utc_now(), place=place, most=None)
