"""Outbound messages and status reports for tests, on the default organization."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.callbacks import CallbackRef
from messaging.statuses import MessageState
from models.messages.status_reports import StatusReport
from tests.conftest import ACCOUNT_SID

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
PHONE = "+12025550123"


def sid(number: int) -> str:
    return f"SM{number:032x}"


def report(
    status: str, *, number: int = 1, code: int | None = None, ref: tuple[int, int] | None = None, account: str = ""
) -> StatusReport:
    return StatusReport(
        twilio_sid=sid(number),
        status=MessageState(status),
        account_sid=account or ACCOUNT_SID,
        error_code=code,
        message_ref=CallbackRef(*ref) if ref else None,
    )


async def add_outbound(
    connection: AsyncConnection,
    organization_id: UUID,
    *,
    state: str = "accepted",
    twilio_sid: str | None = None,
    phone: str = PHONE,
    attempt: int = 1,
) -> int:
    values = {
        "organization_id": organization_id,
        "state": state,
        "sid": twilio_sid,
        "account": ACCOUNT_SID if twilio_sid else None,
        "phone": phone,
        "attempt": attempt,
        "now": NOW,
    }
    made = await connection.execute(
        text(
            "INSERT INTO messages (organization_id, direction, state, phone, channel, message_type, twilio_sid,"
            " account_sid, attempt, created_at, updated_at) VALUES (:organization_id, 'outbound',"
            " CAST(:state AS message_state), :phone, 'sms', 'marketing', :sid, :account, :attempt, :now, :now)"
            " RETURNING id"
        ),
        values,
    )
    return int(made.scalar_one())


async def record_sid(connection: AsyncConnection, message_id: int, twilio_sid: str) -> None:
    """What the send path's recording does to the row, before it adopts events."""
    await connection.execute(
        text(
            "UPDATE messages SET twilio_sid = :sid, account_sid = :account,"
            " state = GREATEST(state, 'accepted'::message_state) WHERE id = :id"
        ),
        {"sid": twilio_sid, "account": ACCOUNT_SID, "id": message_id},
    )


async def message(connection: AsyncConnection, message_id: int) -> Row[Any]:
    return (
        await connection.execute(
            text(
                "SELECT state::text, error_code, failed_at, twilio_sid, account_sid FROM messages WHERE id = :id"
            ),
            {"id": message_id},
        )
    ).one()


async def rows(connection: AsyncConnection, query: str, **values: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await connection.execute(text(query), values)]
