"""Applies a stored delivery that could not be handled when it came, by the functions that handle live ones."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.inbound.handling import NO_REPLY, handle_inbound
from models.inbound.payload import read_inbound
from models.messages.status_payload import read_status_report
from models.messages.statuses import apply_statuses
from models.webhook_events import Kept, mark_failed, mark_handled

_UNPROCESSED = text("""
    SELECT id FROM webhook_events WHERE processed_at IS NULL AND id > :after ORDER BY id LIMIT :most
""")

_LOCK = text("""
    SELECT id, kind, organization_id, COALESCE(account_sid, '') AS account_sid, query, payload, answer
    FROM webhook_events WHERE id = :id AND processed_at IS NULL FOR UPDATE SKIP LOCKED
""")


async def unprocessed(connection: AsyncConnection, *, after: int, most: int) -> Sequence[int]:
    """Ids of the next deliveries that wait to be handled, oldest first."""
    return (await connection.execute(_UNPROCESSED, {"after": after, "most": most})).scalars().all()


async def replay(connection: AsyncConnection, event_id: int, *, now: datetime) -> bool:
    """Handles one delivery in this transaction; False when it failed again, with the reason kept beside it.

    Raises what the database raises when it is away.
    """
    row = (await connection.execute(_LOCK, {"id": event_id})).one_or_none()
    if row is None:
        return True
    kept = Kept(id=row.id, answer=row.answer)
    try:
        async with connection.begin_nested():
            organization_id = await _handle(connection, row, now=now)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001  # whatever one delivery raises, the others have their turn
        await mark_failed(connection, kept, error=type(error).__name__)
        return False
    answer = NO_REPLY if row.kind == "inbound" else ""
    await mark_handled(connection, kept, answer=answer, organization_id=organization_id, now=now)
    return True


async def _handle(connection: AsyncConnection, row: "Row[Any]", *, now: datetime) -> UUID | None:
    """The organization that the delivery was for, if any."""
    if row.kind == "inbound":
        message = read_inbound([(name, value) for name, value in row.payload], account_sid=row.account_sid)
        return (await handle_inbound(connection, message, now=now)).organization_id
    report = read_status_report(row.payload, query=row.query, account_sid=row.account_sid)
    if report is not None:
        await apply_statuses(connection, [report], now=now)
    organization_id: UUID | None = row.organization_id
    return organization_id
