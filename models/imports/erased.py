"""Rows of people who were erased are refused: when the file is read, and again when they would be saved."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.imports.batches import BATCH
from models.imports.cleaning import CleanChunk
from models.imports.faults import Fault, Refusal
from models.imports.report import ImportReport
from models.imports.table import Chunk
from models.rights.suppressed import PersonErased, erased_among

CODE = "erased"

_PHONES = text(f"SELECT phone FROM {BATCH}")  # noqa: S608 (a name of ours)
_DROP = text(f"DELETE FROM {BATCH} WHERE phone = ANY(CAST(:phones AS text[]))")  # noqa: S608 (see above)


async def refuse_erased(
    connection: AsyncConnection, chunk: Chunk, cleaned: CleanChunk, *, organization_id: UUID
) -> CleanChunk:
    """The chunk without the rows of people who were erased, which are among its refusals. Raises `HashKeyLost`."""
    phones = {row.phone for row in cleaned.rows}
    erased = await erased_among(connection, phones, organization_id=organization_id)
    if not erased:
        return cleaned
    cells = dict(zip(chunk.lines, chunk.rows, strict=True))
    refused = [
        Refusal(row.line, cells[row.line], Fault(CODE, str(PersonErased()), row.phone))
        for row in cleaned.rows
        if row.phone in erased
    ]
    return CleanChunk(
        rows=[row for row in cleaned.rows if row.phone not in erased],
        refusals=sorted([*cleaned.refusals, *refused], key=lambda refusal: refusal.line),
        warnings=cleaned.warnings,
    )


async def drop_erased(connection: AsyncConnection, report: ImportReport, *, organization_id: UUID) -> None:
    """Takes out of the batch at hand whoever was erased since the file was read. Raises `HashKeyLost`."""
    phones = (await connection.execute(_PHONES)).scalars().all()
    erased = await erased_among(connection, phones, organization_id=organization_id)
    if erased:
        await connection.execute(_DROP, {"phones": sorted(erased)})
        report.refused += len(erased)
        report.refused_by_reason[CODE] = report.refused_by_reason.get(CODE, 0) + len(erased)
