"""Appointments of people who were erased on request are refused when their file is read."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.cleaning import CleanAppointments
from models.imports.erased_rows import without_erased
from models.imports.table import Chunk


async def refuse_erased(
    connection: AsyncConnection, chunk: Chunk, clean: CleanAppointments, *, organization_id: UUID
) -> CleanAppointments:
    """The chunk without the rows of people who were erased, which are among its refusals. Raises `HashKeyLost`."""
    rows, refused = await without_erased(connection, chunk, clean.rows, organization_id=organization_id)
    kept = {row.external_id for row in rows}
    out = [row.external_id for row in clean.rows if row.external_id not in kept] if refused else []
    return CleanAppointments(
        rows=rows,
        refusals=sorted([*clean.refusals, *refused], key=lambda refusal: refusal.line),
        warnings=clean.warnings,
        mentioned=[*clean.mentioned, *out],
    )
