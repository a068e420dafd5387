"""What a request with an Idempotency-Key was answered, so that the same request again gets the same answer.

The row is written in the transaction of the work itself: both are there, or neither. A second request with the
same key waits at the unique index until the first has committed, and then reads its answer.
https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, LargeBinary, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from messaging.errors import TidingsError
from models.columns import moment

KEPT = timedelta(days=7)
"""How long a key is remembered."""


class KeptAnswer(SQLModel, table=True):
    """One key of an organization; `fingerprint` is the SHA-256 of the request, `answer` None until it is known."""

    __tablename__ = "kept_answers"
    __table_args__ = (Index("ix_kept_answers_created_at", "created_at"),)

    organization_id: UUID = Field(foreign_key="organizations.id", primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: bytes = Field(sa_type=LargeBinary)
    status: int | None = Field(default=None, sa_column=Column(SmallInteger))
    answer: Any = Field(default=None, sa_column=Column(JSONB))
    created_at: datetime = moment(required=True)


_BEGIN = text("""
    INSERT INTO kept_answers (organization_id, key, fingerprint, created_at)
    VALUES (:organization_id, :key, :fingerprint, :now)
    ON CONFLICT (organization_id, key) DO NOTHING
""")

_READ = text("""
    SELECT fingerprint, status, answer FROM kept_answers WHERE organization_id = :organization_id AND key = :key
""")

_KEEP = text("""
    UPDATE kept_answers SET status = :status, answer = CAST(:answer AS jsonb)
    WHERE organization_id = :organization_id AND key = :key AND status IS NULL
""")

_FORGET = text("DELETE FROM kept_answers WHERE created_at < :before")


class KeyReused(TidingsError):
    """The key came before with another request."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status code of HTTP and a JSON body."""

    status: int
    body: Any


@dataclass(frozen=True, slots=True)
class RepeatableRequest:
    """A request as its key names it; `fingerprint` tells it from others."""

    organization_id: UUID
    key: str
    fingerprint: bytes


async def answered_before(
    connection: AsyncConnection, request: RepeatableRequest, *, now: datetime
) -> Answer | None:
    """The answer that the same request got; None when it is new, or its answer was lost with its process.

    In the latter case the work is done again, which must be harmless. Raises `KeyReused` for another request.
    """
    values = {
        "organization_id": request.organization_id,
        "key": request.key,
        "fingerprint": request.fingerprint,
        "now": now,
    }
    if (await connection.execute(_BEGIN, values)).rowcount:
        return None
    row = (await connection.execute(_READ, values)).one()
    if bytes(row.fingerprint) != request.fingerprint:
        raise KeyReused("This Idempotency-Key came before with another request; use a new key for a new request.")
    return None if row.status is None else Answer(row.status, row.answer)


async def keep_answer(connection: AsyncConnection, request: RepeatableRequest, answer: Answer) -> None:
    """Keeps what a request was answered, in the transaction of its work or right after it."""
    values = {"organization_id": request.organization_id, "key": request.key}
    await connection.execute(_KEEP, {**values, "status": answer.status, "answer": json.dumps(answer.body)})


async def forget_answers(connection: AsyncConnection, *, now: datetime) -> int:
    """Removes the keys that are older than a week; returns how many."""
    return (await connection.execute(_FORGET, {"before": now - KEPT})).rowcount
