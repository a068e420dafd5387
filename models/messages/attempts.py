"""Requests that Twilio did not accept, kept one by one; of the accepted one the message's own row tells.

A row keeps only what came last: refused twice for now and then accepted, it would show one of three requests.
The accepted request stays on its row as it was (`http_status`, `request_id`, `claimed_at`, `answered_at`), because
nothing is requested after it: to keep it here as well would cost every message a second row for nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, SmallInteger, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from models.columns import moment
from models.messages.results import Closed, Returned


class MessageAttempt(SQLModel, table=True):
    """One request for one claim of a message. `sender`: the Messaging Service or number that it named.

    `outcome` is a class of `messaging.outcomes`; the times are the claim's and that of the answer, or of the end
    of waiting for one.
    """

    __tablename__ = "message_attempts"

    message_id: int = Field(sa_column=Column(BigInteger, ForeignKey("messages.id"), primary_key=True))
    claim_id: UUID = Field(primary_key=True)
    organization_id: UUID = Field(foreign_key="organizations.id")
    attempt: int = Field(sa_column=Column(SmallInteger, nullable=False))
    sender: str | None = None
    outcome: str
    error_code: int | None = None
    http_status: int | None = Field(default=None, sa_column=Column(SmallInteger))
    request_id: str | None = None
    claimed_at: datetime | None = moment()
    answered_at: datetime = moment(required=True)


_KEEP = text("""
    INSERT INTO message_attempts (
        message_id, claim_id, organization_id, attempt, sender, outcome, error_code, http_status, request_id,
        claimed_at, answered_at)
    SELECT m.id, :claim_id, m.organization_id, m.attempt, s.address, a.outcome, a.error_code, a.http_status,
        a.request_id, CASE WHEN m.claim_id = :claim_id THEN m.claimed_at END, :now
    FROM unnest(CAST(:ids AS bigint[]), CAST(:outcomes AS text[]), CAST(:error_codes AS int[]),
                CAST(:http_statuses AS smallint[]), CAST(:request_ids AS text[]))
        AS a(id, outcome, error_code, http_status, request_id)
    JOIN messages m ON m.id = a.id LEFT JOIN senders s ON s.id = m.sender_id
    ON CONFLICT (message_id, claim_id) DO NOTHING
""")


async def keep_attempts(
    connection: AsyncConnection, results: Sequence[Closed | Returned], *, claim_id: UUID, now: datetime
) -> None:
    """Keeps what came of the requests of one claim, before it is recorded; what was not requested has none."""
    asked = [result for result in results if result.outcome is not None]
    if asked:
        await connection.execute(_KEEP, {**_columns(asked), "claim_id": claim_id, "now": now})


def _columns(asked: Sequence[Closed | Returned]) -> dict[str, Any]:
    return {
        "ids": [result.id for result in asked],
        "outcomes": [result.outcome for result in asked],
        "error_codes": [result.error_code for result in asked],
        "http_statuses": [result.http_status for result in asked],
        "request_ids": [result.request_id for result in asked],
    }
