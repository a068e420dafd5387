"""Rows of people who were erased on request, told apart from the others when a file is read."""

from collections.abc import Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from models.imports.faults import Fault, Refusal
from models.imports.table import Chunk
from models.rights.suppressed import PersonErased, erased_among

CODE = "erased"


class PersonRow(Protocol):
    """A row about somebody, by the line it begins on."""

    @property
    def line(self) -> int: ...
    @property
    def phone(self) -> str: ...


Row = TypeVar("Row", bound=PersonRow)


async def without_erased(
    connection: AsyncConnection, chunk: Chunk, rows: Sequence[Row], *, organization_id: UUID
) -> tuple[list[Row], list[Refusal]]:
    """The rows that may stay, and the refusals of the others. Raises `HashKeyLost`."""
    erased = await erased_among(connection, {row.phone for row in rows}, organization_id=organization_id)
    if not erased:
        return list(rows), []
    cells = dict(zip(chunk.lines, chunk.rows, strict=True))
    refusals = [
        Refusal(row.line, cells[row.line], Fault(CODE, str(PersonErased()), row.phone))
        for row in rows
        if row.phone in erased
    ]
    return [row for row in rows if row.phone not in erased], refusals
