"""The import of a file of contacts, from its first line to the commit: all of it or nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.consent.imported import record_imported
from models.consent.tables import ConsentState
from models.imports.cleaning import clean
from models.imports.faults import ImportRefused
from models.imports.merging import merge_contacts
from models.imports.refused_file import RefusedFile, refused_file
from models.imports.report import ConsentCounts, ContactCounts, ImportReport
from models.imports.rules import ImportRules
from models.imports.staged_row import StagedRow
from models.imports.staging import create_staging, drop_staging, merge_repeated, stage
from models.imports.table import Table, open_table
from models.imports.text_lines import TextLines

ReportProgress = Callable[[int, int], None]
"""Called with the bytes read and the bytes of the file; saving what was read comes after the last of them."""

_ORGANIZATION = text("SELECT id, default_region FROM organizations WHERE slug = :slug")


async def import_file(
    engine: AsyncEngine,
    path: Path,
    *,
    organization: str,
    rules: ImportRules,
    now: datetime,
    progress: ReportProgress | None = None,
) -> ImportReport:
    """Imports a CSV file in one transaction and in constant memory; refused rows go to a file of their own.

    Contacts are locked only once the whole file was read. Raises `ImportRefused` when the file as a whole cannot
    be used; nothing is imported then, nor when the import is interrupted.
    """
    table = open_table(TextLines(path, encoding=rules.encoding), columns=rules.columns)
    refused_path = rules.refused_path(path)
    with refused_file(refused_path, source=path, header=table.header, delimiter=table.delimiter) as refused:
        async with _transaction(engine) as connection:
            report = await import_table(
                connection,
                table,
                organization=organization,
                rules=rules,
                now=now,
                refused=refused,
                progress=progress,
            )
    return report.model_copy(update={"refused_file": refused_path.absolute() if refused.rows else None})


@asynccontextmanager
async def _transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with engine.begin() as connection:
        try:
            yield connection
        except asyncio.CancelledError:
            # A copy that is cut off leaves the connection in the middle of it: PostgreSQL rolls back when it goes.
            await connection.invalidate()
            raise


async def import_table(
    connection: AsyncConnection,
    table: Table,
    *,
    organization: str,
    rules: ImportRules,
    now: datetime,
    refused: RefusedFile,
    progress: ReportProgress | None = None,
) -> ImportReport:
    """`import_file` within a transaction of the caller's."""
    organization_id, default_region = await _organization(connection, organization)
    report = ImportReport(file=table.lines.path.name, organization=organization)
    await create_staging(connection)
    for chunk in table.chunks():
        region = (rules.region or default_region).upper()
        cleaned = clean(chunk, header=table.header, region=region, accept=rules.accept, now=now)
        _require_evidence(cleaned.rows, rules=rules, path=table.lines.path)
        await stage(connection, cleaned.rows)
        refused.write(cleaned.refusals)
        good = len(cleaned.rows)
        report.add(good=good, blank=chunk.blank, refusals=cleaned.refusals, warnings=cleaned.warnings)
        if progress:
            progress(table.lines.bytes_read, table.lines.size)
    await _save(connection, report, organization_id=organization_id, rules=rules, now=now)
    return report


async def _save(
    connection: AsyncConnection, report: ImportReport, *, organization_id: UUID, rules: ImportRules, now: datetime
) -> None:
    report.merged = await merge_repeated(connection)
    contacts = await merge_contacts(connection, organization_id=organization_id, now=now)
    consents = await record_imported(
        connection,
        organization_id=organization_id,
        method=rules.consent_method,
        source=rules.source or "import",
        file=report.file,
        now=now,
    )
    await drop_staging(connection)
    report.contacts = ContactCounts(new=contacts.new, updated=contacts.updated, unchanged=contacts.unchanged)
    report.consents = ConsentCounts(
        opted_in=consents.opted_in, opted_out=consents.opted_out, left_opted_out=consents.left_opted_out
    )


async def _organization(connection: AsyncConnection, slug: str) -> tuple[UUID, str]:
    found = (await connection.execute(_ORGANIZATION, {"slug": slug})).one_or_none()
    if found is None:
        raise ImportRefused(f'There is no organization "{slug}"; name one that exists, such as default.')
    return found.id, found.default_region


def _require_evidence(rows: Iterable[StagedRow], *, rules: ImportRules, path: Path) -> None:
    """A yes whose origin nobody can name is no consent (GDPR, article 7(1))."""
    for row in rows:
        if row.answer == ConsentState.OPTED_IN and not (rules.method and (row.source or rules.source)):
            raise ImportRefused(
                f"{path}: line {row.line} says yes to marketing, but not how and where that was said; "
                "name both (--consent-method and --consent-source)."
            )
