"""The import of a file of contacts: read to its end before anything is saved, then saved in short transactions."""

from collections.abc import Iterable
from contextlib import aclosing
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.consent.tables import ConsentState
from models.imports.cleaners import cleaned
from models.imports.cleaning import clean
from models.imports.erased import refuse_erased
from models.imports.faults import ImportRefused
from models.imports.progress import ReportProgress, Stage
from models.imports.refused_file import RefusedFile, refused_file
from models.imports.report import ImportReport
from models.imports.rules import ImportRules
from models.imports.saving import Transaction, save
from models.imports.sessions import importing_organization, own_connection
from models.imports.staged_row import StagedRow
from models.imports.staging import create_staging, stage
from models.imports.table import Table, open_table
from models.imports.text_lines import TextLines


async def import_file(
    engine: AsyncEngine,
    path: Path,
    *,
    organization: str,
    rules: ImportRules,
    now: datetime,
    progress: ReportProgress | None = None,
) -> ImportReport:
    """Imports a CSV file in constant memory; refused rows go to a file of their own.

    Raises `ImportRefused` when the file as a whole cannot be used; nothing is imported then, nor when reading is
    interrupted. Raises `ImportInterrupted` when the database breaks off after a part was saved.
    """
    table = open_table(TextLines(path, encoding=rules.encoding), columns=rules.columns)
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
    rules: ImportRules,
    now: datetime,
    refused: RefusedFile,
    transaction: Transaction,
    progress: ReportProgress | None = None,
) -> ImportReport:
    """`import_file` on a connection of the caller's, in transactions as `transaction` makes them."""
    async with transaction():
        organization_id, default_region = await importing_organization(connection, organization)
        await create_staging(connection)
    report = ImportReport(file=table.lines.path.name, organization=organization)
    region = (rules.region or default_region).upper()
    work = partial(clean, header=table.header, region=region, accept=rules.accept, now=now)
    async with aclosing(cleaned(table.chunks(), work, file_size=table.lines.size)) as results:
        async for chunk, result in results:
            _require_evidence(result.rows, rules=rules, path=table.lines.path)
            async with transaction():
                kept = await refuse_erased(connection, chunk, result, organization_id=organization_id)
                await stage(connection, kept.rows)
            refused.write(kept.refusals)
            good = len(kept.rows)
            report.add(good=good, blank=chunk.blank, refusals=kept.refusals, warnings=kept.warnings)
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


def _require_evidence(rows: Iterable[StagedRow], *, rules: ImportRules, path: Path) -> None:
    """A yes whose origin nobody can name is no consent (GDPR, article 7(1))."""
    for row in rows:
        if row.answer == ConsentState.OPTED_IN and not (rules.method and (row.source or rules.source)):
            raise ImportRefused(
                f"{path}: line {row.line} says yes to marketing, but not how and where that was said; "
                "name both (--consent-method and --consent-source)."
            )
