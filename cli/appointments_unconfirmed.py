"""What `tidings appointments unconfirmed` does: the front desk's list of whom to call."""

import asyncio
import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from cli.appointments_list import local, print_lines
from cli.database import open_database
from cli.output import people
from messaging.errors import TidingsError
from models.appointments.listing import AppointmentLine, list_unconfirmed
from models.columns import utc_now
from models.organizations import find_organization
from models.surveys.results_file import harmless

_COLUMNS = ("external_id", "starts_at", "timezone", "name", "phone", "kind", "place", "state")


class NotWritten(TidingsError):
    """The file of the list cannot be written."""


def show_unconfirmed(
    organization: str, day: date | int, *, out: Path | None, show_numbers: bool, as_json: bool
) -> None:
    """Prints the list, or writes it to a file. Raises `NotWritten`, `NoSuchOrganization`."""
    lines = asyncio.run(_read(organization, day))
    if out is None or as_json:
        print_lines(lines, show_numbers=show_numbers, as_json=as_json)
    if out is not None:
        _write(out, lines)
        people().print(f"Rows written to {out}: {len(lines):,}.")


def _write(out: Path, lines: Sequence[AppointmentLine]) -> None:
    try:
        # With a byte order mark, or spreadsheets take UTF-8 for something else.
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_COLUMNS)
            writer.writerows([harmless(cell) for cell in _cells(line)] for line in lines)
    except OSError as error:
        raise NotWritten(f"{out} cannot be written: {(error.strerror or 'error').lower()}.") from None


def _cells(line: AppointmentLine) -> Sequence[str]:
    who = (line.name, line.phone)
    return (line.external_id, local(line), line.timezone, *who, line.kind, line.place or "", line.state)


async def _read(organization: str, day: date | int) -> Sequence[AppointmentLine]:
    application = "appointments unconfirmed"
    async with open_database(application=application) as (_, engine), engine.connect() as connection:
        organization_id = (await find_organization(connection, organization)).id
        return await list_unconfirmed(connection, organization_id, day, now=utc_now(), most=None)
