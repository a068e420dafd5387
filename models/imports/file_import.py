"""The import of a file: read to its end before anything is saved, then saved in short transactions."""

from contextlib import aclosing
from pathlib import Path
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.imports.cleaners import cleaned
from models.imports.kinds import Cleaned, FileKind, Transaction
from models.imports.progress import ReportProgress, Stage
from models.imports.refused_file import RefusedFile, refused_file
from models.imports.report import FileReport
from models.imports.sessions import importing_organization, own_connection
from models.imports.table import Table, named, open_table
from models.imports.text_lines import TextLines

C = TypeVar("C", bound=Cleaned)
R = TypeVar("R", bound=FileReport)


async def import_file(
    engine: AsyncEngine,
    path: Path,
    kind: FileKind[C, R],
    *,
    organization: str,
    progress: ReportProgress | None = None,
) -> R:
    """Imports a CSV file in constant memory; refused rows go to a file of their own.

    Raises `ImportRefused` when the file as a whole cannot be used; nothing is imported then, nor when reading is
    interrupted. Raises `ImportInterrupted` when the database breaks off after a part was saved.
    """
    rules = kind.rules
    table = open_table(TextLines(path, encoding=rules.encoding), columns=rules.columns, known=kind.known)
    refused_path = rules.refused_path(path)
    with refused_file(refused_path, source=path, header=table.header, delimiter=table.delimiter) as refused:
        async with own_connection(engine) as connection:
            report = await import_table(
                connection,
                table,
                kind,
                organization=organization,
                refused=refused,
                transaction=connection.begin,
                progress=progress,
            )
    return report.model_copy(update={"refused_file": refused_path.absolute() if refused.rows else None})


async def import_table(
    connection: AsyncConnection,
    table: Table,
    kind: FileKind[C, R],
    *,
    organization: str,
    refused: RefusedFile,
    transaction: Transaction,
    progress: ReportProgress | None = None,
) -> R:
    """`import_file` on a connection of the caller's, in transactions as `transaction` makes them."""
    async with transaction():
        organization_id, default_region = await importing_organization(connection, organization)
        await kind.prepare(connection)
    report = kind.report(file=table.lines.path.name, organization=organization)
    work = kind.cleaner(table.header, region=(kind.rules.region or default_region).upper())
    async with aclosing(cleaned(table.chunks(), work, file_size=table.lines.size)) as results:
        async for chunk, result in results:
            with named(table.lines.path):
                async with transaction():
                    kept = await kind.stage(connection, chunk, result, organization_id=organization_id)
            refused.write(kept.refusals)
            report.add(good=len(kept.rows), blank=chunk.blank, refusals=kept.refusals, warnings=kept.warnings)
            if progress:
                progress(Stage.READING, table.lines.bytes_read, table.lines.size)
    await kind.save(
        connection, report, organization_id=organization_id, transaction=transaction, progress=progress
    )
    return report
