"""Rows of people who were erased are refused: when the file is read, and again when they would be saved."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.imports.batches import BATCH
from models.imports.cleaning import CleanChunk
from models.imports.erased_rows import CODE, without_erased
from models.imports.report import ImportReport
from models.imports.table import Chunk
from models.rights.suppressed import erased_among

_PHONES = text(f"SELECT phone FROM {BATCH}")  # noqa: S608 (a name of ours)
_DROP = text(f"DELETE FROM {BATCH} WHERE phone = ANY(CAST(:phones AS text[]))")  # noqa: S608 (see above)


async def refuse_erased(
    connection: AsyncConnection, chunk: Chunk, cleaned: CleanChunk, *, organization_id: UUID
) -> CleanChunk:
    """The chunk without the rows of people who were erased, which are among its refusals. Raises `HashKeyLost`."""
    rows, refused = await without_erased(connection, chunk, cleaned.rows, organization_id=organization_id)
    refusals = sorted([*cleaned.refusals, *refused], key=lambda refusal: refusal.line)
    return CleanChunk(rows, refusals, cleaned.warnings)


async def drop_erased(connection: AsyncConnection, report: ImportReport, *, organization_id: UUID) -> None:
    """Takes out of the batch at hand whoever was erased since the file was read. Raises `HashKeyLost`."""
    phones = (await connection.execute(_PHONES)).scalars().all()
    erased = await erased_among(connection, phones, organization_id=organization_id)
    if erased:
        await connection.execute(_DROP, {"phones": sorted(erased)})
        report.refused += len(erased)
        report.refused_by_reason[CODE] = report.refused_by_reason.get(CODE, 0) + len(erased)
