"""Derives every state of consent anew from the ledger, and tells where the state was another.

Works through an organization's numbers a batch at a time, each in a transaction of its own, so that its memory
does not grow with them. Looking takes no locks. Only what differs is locked and derived once more before it is
corrected: a STOP that comes meanwhile waits for that moment at most, and is not lost.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.consent.rebuilding_sql import ADD, COMPARE, CORRECT, LOCK, NEXT, TAKE_AWAY

ENTRIES: Final = 20_000
"""Entries of the ledger in a batch; the last number's are not cut."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A consent whose state is not what the ledger says; entries are their ids, None where there is none."""

    phone: str
    message_type: str
    topic: str
    channel: str
    found: str | None
    derived: str | None
    found_entry: int | None
    derived_entry: int | None


async def differences(
    engine: AsyncEngine, *, organization_id: UUID, correct: bool, entries: int = ENTRIES
) -> AsyncGenerator[Difference, None]:
    """Each consent of the organization that differs, corrected when it is told if `correct`."""
    after: str | None = ""
    while after is not None:
        async with engine.begin() as connection:
            upto = await _end_of_batch(connection, after, organization_id=organization_id, entries=entries)
            found = await _compare(connection, after, upto, organization_id=organization_id)
            if correct and found:
                await _correct(connection, found, organization_id=organization_id)
        for each in found:
            yield each
        after = upto


async def _end_of_batch(
    connection: AsyncConnection, after: str, *, organization_id: UUID, entries: int
) -> str | None:
    """The last number of the batch that begins after a number; None for the last batch, which has no end."""
    values = {"organization_id": organization_id, "after": after, "most": entries}
    row = (await connection.execute(NEXT, values)).one()
    return str(row.upto) if row.entries == entries else None


async def _compare(
    connection: AsyncConnection, after: str, upto: str | None, *, organization_id: UUID
) -> list[Difference]:
    values = {"organization_id": organization_id, "after": after, "upto": upto}
    rows = (await connection.execute(COMPARE, values)).mappings()
    return [Difference(**{name: row[name] for name in Difference.__slots__}) for row in rows]


async def _correct(connection: AsyncConnection, found: list[Difference], *, organization_id: UUID) -> None:
    """Each statement sees what was committed before the lock was had."""
    values = {"organization_id": organization_id, "phones": sorted({each.phone for each in found})}
    for statement in (LOCK, CORRECT, ADD, TAKE_AWAY):
        await connection.execute(statement, values)
