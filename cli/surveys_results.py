"""`tidings surveys results`: a survey's answers in figures, and person by person as CSV."""

import asyncio
from pathlib import Path
from uuid import UUID

from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.database import open_database
from cli.output import people, print_json, results
from messaging.errors import TidingsError
from models.organizations import find_organization
from models.surveys.results import Results, result_rows, step_keys, survey_results
from models.surveys.results_file import ResultsFile

SHOWN = 10
"""Different answers to one step that the table shows."""


class NotWritten(TidingsError):
    """The file of results cannot be written."""


def show_results(name: str, *, csv: Path | None, organization: str, as_json: bool) -> None:
    """Prints the figures, and writes the file when one is named. Raises `NoSuchSurvey` and `NotWritten`."""
    found, written = asyncio.run(_read(name, csv, organization))
    if csv is not None:
        people().print(f"Rows written to {csv}: {written:,}.")
    if as_json:
        steps = {step.key: step.answers for step in found.steps}
        print_json({"name": name, "states": found.states, "steps": steps, "rows": written if csv else None})
        return
    results().print(_table(found))


async def _read(name: str, csv: Path | None, organization: str) -> tuple[Results, int]:
    async with open_database(application="surveys results") as (_, engine), engine.connect() as connection:
        organization_id = (await find_organization(connection, organization)).id
        found = await survey_results(connection, organization_id=organization_id, name=name)
        if csv is None:
            return found, 0
        return found, await _write(csv, connection, organization_id, name)


async def _write(csv: Path, connection: AsyncConnection, organization_id: UUID, name: str) -> int:
    """How many rows; a file that was there before is replaced."""
    steps = await step_keys(connection, organization_id=organization_id, name=name)
    written = 0
    try:
        with csv.open("w", encoding="utf-8", newline="") as opened:
            file = ResultsFile(opened, steps)
            async for row in result_rows(connection, organization_id=organization_id, name=name):
                file.write(row)
                written += 1
    except OSError as error:
        raise NotWritten(f"{csv} cannot be written: {(error.strerror or 'error').lower()}.") from None
    return written


def _table(found: Results) -> Table:
    table = Table("", "Answer", "People")
    for state, number in found.states.items():
        table.add_row(state.replace("_", " "), "", f"{number:,}")
    for step in found.steps:
        table.add_section()
        for place, (answer, number) in enumerate(list(step.answers.items())[:SHOWN]):
            table.add_row("" if place else step.key, answer, f"{number:,}")
    return table
