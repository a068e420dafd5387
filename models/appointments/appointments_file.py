"""The import of a file of appointments: read to its end before anything is saved, then saved in short batches."""

from contextlib import aclosing
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.appointments.cleaning import clean_appointments
from models.appointments.erased import refuse_erased
from models.appointments.file_columns import COLUMNS
from models.appointments.import_rules import AppointmentRules
from models.appointments.report import AppointmentsReport
from models.appointments.saving import save
from models.appointments.staging import create_staging, stage
from models.imports.cleaners import cleaned
from models.imports.progress import ReportProgress, Stage
from models.imports.refused_file import RefusedFile, refused_file
from models.imports.saving import Transaction
from models.imports.sessions import importing_organization, own_connection
from models.imports.table import Table, open_table
from models.imports.text_lines import TextLines


async def import_appointments(
    engine: AsyncEngine,
    path: Path,
    *,
    organization: str,
    rules: AppointmentRules,
    now: datetime,
    progress: ReportProgress | None = None,
) -> AppointmentsReport:
    """Imports a CSV file in constant memory; refused rows go to a file of their own.

    Raises `ImportRefused` when the file as a whole cannot be used; nothing is imported then, nor when reading is
    interrupted. Raises `ImportInterrupted` when the database breaks off after a part was saved.
    """
    table = open_table(TextLines(path, encoding=rules.encoding), columns=rules.columns, known=COLUMNS)
    refused_path = rules.refused_path(path)
    with refused_file(refused_path, source=path, header=table.header, delimiter=table.delimiter) as refused:
        async with own_connection(engine) as connection:
            report = await import_table(
                connection,
                table,
                organization=organization,
                rules=rules,
                now=now,
                refused=refused,
                transaction=connection.begin,
                progress=progress,
            )
    return report.model_copy(update={"refused_file": refused_path.absolute() if refused.rows else None})


async def import_table(
    connection: AsyncConnection,
    table: Table,
    *,
    organization: str,
    rules: AppointmentRules,
    now: datetime,
    refused: RefusedFile,
    transaction: Transaction,
    progress: ReportProgress | None = None,
) -> AppointmentsReport:
    """`import_appointments` on a connection of the caller's, in transactions as `transaction` makes them."""
    async with transaction():
        organization_id, default_region = await importing_organization(connection, organization)
        await create_staging(connection)
    report = AppointmentsReport(file=table.lines.path.name, organization=organization)
    region = (rules.region or default_region).upper()
    work = partial(clean_appointments, header=table.header, region=region, accept="valid", timezone=rules.zone)
    async with aclosing(cleaned(table.chunks(), work, file_size=table.lines.size)) as results:
        async for chunk, result in results:
            async with transaction():
                kept = await refuse_erased(connection, chunk, result, organization_id=organization_id)
                await stage(connection, kept)
            refused.write(kept.refusals)
            report.add(good=len(kept.rows), blank=chunk.blank, refusals=kept.refusals, warnings=kept.warnings)
            if progress:
                progress(Stage.READING, table.lines.bytes_read, table.lines.size)
    await save(
        connection,
        report,
        organization_id=organization_id,
        rules=rules,
        now=now,
        transaction=transaction,
        progress=progress,
    )
    return report
