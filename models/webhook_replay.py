"""Handles a stored delivery later than it came, by the functions that handle live ones."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.inbound.handling import NO_REPLY, handle_inbound
from models.inbound.payload import read_inbound
from models.incidents import note_unhandled
from models.messages.status_payload import NOT_A_STATUS, read_status_report
from models.messages.statuses import apply_statuses
from models.webhook_events import Kept, mark_failed

_UNPROCESSED = text("""
    SELECT id FROM webhook_events
    WHERE processed_at IS NULL AND id > :after AND (next_try_at IS NULL OR next_try_at <= :now)
    ORDER BY id LIMIT :most
""")

_LOCK = text("""
    SELECT id, kind, organization_id, COALESCE(account_sid, '') AS account_sid, query, payload, answer, received_at
    FROM webhook_events WHERE id = :id AND (processed_at IS NULL OR :again) FOR UPDATE SKIP LOCKED
""")

_HANDLED = text("""
    UPDATE webhook_events
    SET answer = COALESCE(answer, :answer), organization_id = COALESCE(organization_id, :organization_id),
        processed_at = COALESCE(processed_at, :now), error = :error, next_try_at = NULL
    WHERE id = :id
""")

_LOCK_STATUSES = text("""
    SELECT id, kind, organization_id, COALESCE(account_sid, '') AS account_sid, query, payload, answer, received_at
    FROM webhook_events WHERE id = ANY(CAST(:ids AS bigint[])) AND kind = 'status' ORDER BY id FOR UPDATE
""")

_STATUSES_HANDLED = text("""
    UPDATE webhook_events
    SET processed_at = COALESCE(processed_at, :now), error = NULL, next_try_at = NULL
    WHERE id = ANY(CAST(:ids AS bigint[])) AND (processed_at IS NULL OR error IS NOT NULL)
""")

_STORED = text("SELECT EXISTS (SELECT FROM messages WHERE twilio_sid = :twilio_sid)")


class Fate(StrEnum):
    """What became of a delivery: `unchanged` when all that it says was known."""

    HANDLED = "handled"
    UNCHANGED = "unchanged"
    FAILED = "failed"


async def unprocessed(connection: AsyncConnection, *, after: int, most: int, now: datetime) -> Sequence[int]:
    """Ids of the next deliveries that wait to be handled and whose time has come, oldest first."""
    return (await connection.execute(_UNPROCESSED, {"after": after, "most": most, "now": now})).scalars().all()


async def replay(connection: AsyncConnection, event_id: int, *, now: datetime, again: bool = False) -> Fate:
    """Handles one delivery in this transaction, `again` also one that was handled before.

    When that fails, the reason is kept beside it. Raises what the database raises when it is away.
    """
    row = (await connection.execute(_LOCK, {"id": event_id, "again": again})).one_or_none()
    if row is None:
        return Fate.UNCHANGED
    try:
        async with connection.begin_nested():
            return await (_inbound if row.kind == "inbound" else _status)(connection, row, now=now)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001  # whatever one delivery raises, the others have their turn
        await mark_failed(connection, Kept(id=row.id, answer=row.answer), error=type(error).__name__, now=now)
        await note_unhandled(connection, row.id, now=now)
        return Fate.FAILED


async def replay_statuses(
    connection: AsyncConnection, event_ids: Sequence[int], *, now: datetime
) -> Counter[Fate]:
    """Handles status callbacks together, also such that were handled before.

    Raises whatever one of them raises, and has then changed nothing that the caller commits.
    """
    rows = (await connection.execute(_LOCK_STATUSES, {"ids": list(event_ids)})).all()
    read = {row.id: read_status_report(row.payload, query=row.query, account_sid=row.account_sid) for row in rows}
    reports = {event_id: report for event_id, report in read.items() if report is not None}
    applied = await apply_statuses(connection, list(reports.values()), now=now)
    await connection.execute(_STATUSES_HANDLED, {"ids": list(reports), "now": now})
    handled = min(max(applied.news, applied.messages_changed), len(reports))
    return Counter({Fate.HANDLED: handled, Fate.UNCHANGED: len(event_ids) - handled})


async def _inbound(connection: AsyncConnection, row: "Row[Any]", *, now: datetime) -> Fate:
    """An inbound message counts from the moment it was received: a STOP never undoes a later START."""
    message = read_inbound([(name, value) for name, value in row.payload], account_sid=row.account_sid)
    known = (await connection.execute(_STORED, {"twilio_sid": message.twilio_sid})).scalar_one()
    handled = await handle_inbound(connection, message, now=row.received_at)
    await _mark(connection, row, answer=NO_REPLY, organization_id=handled.organization_id, now=now)
    return Fate.UNCHANGED if known else Fate.HANDLED


async def _status(connection: AsyncConnection, row: "Row[Any]", *, now: datetime) -> Fate:
    report = read_status_report(row.payload, query=row.query, account_sid=row.account_sid)
    if report is None:
        await _mark(connection, row, error=NOT_A_STATUS, now=now)
        return Fate.UNCHANGED
    applied = await apply_statuses(connection, [report], now=now)
    await _mark(connection, row, now=now)
    return Fate.HANDLED if applied.news or applied.messages_changed else Fate.UNCHANGED


async def _mark(
    connection: AsyncConnection,
    row: "Row[Any]",
    *,
    now: datetime,
    answer: str = "",
    organization_id: UUID | None = None,
    error: str | None = None,
) -> None:
    values = {"id": row.id, "answer": answer, "organization_id": organization_id, "error": error, "now": now}
    await connection.execute(_HANDLED, values)
