"""Appointments of people who were erased on request are refused when their file is read."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.cleaning import CleanAppointments
from models.imports.erased import CODE
from models.imports.faults import Fault, Refusal
from models.imports.table import Chunk
from models.rights.suppressed import PersonErased, erased_among


async def refuse_erased(
    connection: AsyncConnection, chunk: Chunk, clean: CleanAppointments, *, organization_id: UUID
) -> CleanAppointments:
    """The chunk without the rows of people who were erased, which are among its refusals. Raises `HashKeyLost`."""
    erased = await erased_among(connection, {row.phone for row in clean.rows}, organization_id=organization_id)
    if not erased:
        return clean
    cells = dict(zip(chunk.lines, chunk.rows, strict=True))
    out = [row for row in clean.rows if row.phone in erased]
    refused = [Refusal(row.line, cells[row.line], Fault(CODE, str(PersonErased()), row.phone)) for row in out]
    return CleanAppointments(
        rows=[row for row in clean.rows if row.phone not in erased],
        refusals=sorted([*clean.refusals, *refused], key=lambda refusal: refusal.line),
        warnings=clean.warnings,
        mentioned=[*clean.mentioned, *(row.external_id for row in out)],
    )
