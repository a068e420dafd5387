"""Imports a text as a file of appointments within a test's transaction."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.appointments_file import AppointmentsFile
from models.appointments.file_columns import COLUMNS
from models.appointments.import_rules import AppointmentRules
from models.appointments.report import AppointmentsReport
from models.imports.file_import import import_table
from models.imports.refused_file import refused_file
from models.imports.table import open_table
from models.imports.text_lines import TextLines
from tests.integration.appointments.calendar import NOW, ZONE

RULES = AppointmentRules(timezone=ZONE)


async def import_text(
    connection: AsyncConnection,
    folder: Path,
    content: str,
    *,
    rules: AppointmentRules = RULES,
    now: datetime = NOW,
) -> AppointmentsReport:
    """The report of importing `content`, as calendar.csv in `folder`."""
    path = folder / "calendar.csv"
    path.write_text(content, encoding="utf-8", newline="")
    table = open_table(TextLines(path), columns=rules.columns, known=COLUMNS)
    target = rules.refused_path(path)
    with refused_file(target, source=path, header=table.header, delimiter=table.delimiter) as refused:
        return await import_table(
            connection,
            table,
            AppointmentsFile(rules, now),
            organization="default",
            refused=refused,
            transaction=connection.begin_nested,
        )
