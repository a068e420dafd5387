"""What Twilio's webhooks delivered, exactly as received, kept before anything is made of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from models.columns import growing_id, moment
from models.json_records import records


class WebhookEvent(SQLModel, table=True):
    """One delivery. `payload` is the list of name and value pairs in the order received.

    Each time handling it fails, `tries` counts one more and `next_try_at` moves further away (the function
    `webhook_next_try` of migration 0007).
    """

    __tablename__ = "webhook_events"
    __table_args__ = (
        Index("ix_webhook_events_unprocessed", "id", postgresql_where=text("processed_at IS NULL")),
        Index("ix_webhook_events_failed", "id", postgresql_where=text("error IS NOT NULL")),
        Index("ix_webhook_events_received", "received_at", postgresql_using="brin"),
    )

    id: int | None = growing_id()
    kind: str
    dedupe_key: str = Field(unique=True)
    organization_id: UUID | None = Field(default=None, foreign_key="organizations.id")
    account_sid: str | None = None
    query: str = ""
    payload: list[list[str]] = Field(sa_column=Column(JSONB, nullable=False))
    answer: str | None = None
    error: str | None = None
    received_at: datetime = moment(required=True)
    processed_at: datetime | None = moment()
    tries: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False, server_default="0"))
    next_try_at: datetime | None = moment()


_GIVEN = """
    jsonb_to_recordset(CAST(:deliveries AS jsonb))
        AS g(kind text, dedupe_key text, account_sid text, query text, payload jsonb, error text)
"""

_KEEP_HANDLED = text(f"""
    INSERT INTO webhook_events AS kept (kind, dedupe_key, organization_id, account_sid, query, payload, error,
                                        received_at, processed_at)
    SELECT g.kind, g.dedupe_key, o.id, g.account_sid, g.query, g.payload, g.error, :now, :now
    FROM {_GIVEN} LEFT JOIN organizations o ON o.twilio_account_sid = g.account_sid
    ORDER BY g.dedupe_key
    ON CONFLICT (dedupe_key) DO UPDATE SET processed_at = EXCLUDED.processed_at, error = EXCLUDED.error
        WHERE kept.processed_at IS NULL
""")  # noqa: S608 (only the text above is put in)

_KEEP_UNHANDLED = text(f"""
    INSERT INTO webhook_events AS kept (kind, dedupe_key, organization_id, account_sid, query, payload, error,
                                        received_at, tries, next_try_at)
    SELECT g.kind, g.dedupe_key, o.id, g.account_sid, g.query, g.payload, :error, :now,
        1, webhook_next_try(:now, 1)
    FROM {_GIVEN} LEFT JOIN organizations o ON o.twilio_account_sid = g.account_sid
    ON CONFLICT (dedupe_key) DO UPDATE
    SET error = EXCLUDED.error, tries = kept.tries + 1, next_try_at = webhook_next_try(:now, kept.tries + 1)
        WHERE kept.processed_at IS NULL
""")  # noqa: S608 (only the text above is put in)

_KEEP = text(f"""
    INSERT INTO webhook_events (kind, dedupe_key, account_sid, query, payload, received_at)
    SELECT g.kind, g.dedupe_key, g.account_sid, g.query, g.payload, :now FROM {_GIVEN}
    ON CONFLICT (dedupe_key) DO NOTHING
    RETURNING id
""")  # noqa: S608 (only the text above is put in)

_FIND = text("""
    SELECT id, CASE WHEN processed_at IS NOT NULL THEN COALESCE(answer, '') END AS answer
    FROM webhook_events WHERE dedupe_key = :dedupe_key FOR UPDATE
""")

_HANDLED = text("""
    UPDATE webhook_events
    SET answer = :answer, organization_id = :organization_id, processed_at = :now, error = NULL
    WHERE id = :id
""")

_FAILED = text("""
    UPDATE webhook_events
    SET error = :error, tries = tries + 1, next_try_at = webhook_next_try(:now, tries + 1)
    WHERE id = :id
""")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A verified delivery as it is to be kept. `error` says why nothing more can be made of it."""

    kind: str
    dedupe_key: str
    account_sid: str
    query: str
    payload: list[tuple[str, str]]
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored delivery; `answer` is set once it was handled."""

    id: int
    answer: str | None


async def keep_handled(connection: AsyncConnection, deliveries: Sequence[Delivery], *, now: datetime) -> None:
    """Keeps deliveries that this transaction handles; one kept before counts as handled now, and stays one row."""
    distinct = sorted({each.dedupe_key: each for each in deliveries}.values(), key=lambda each: each.dedupe_key)
    await connection.execute(_KEEP_HANDLED, {"deliveries": _given(distinct), "now": now})


async def keep_unhandled(connection: AsyncConnection, delivery: Delivery, *, error: str, now: datetime) -> None:
    """Keeps a delivery that could not be handled, with the reason, for the sweep to try again."""
    await connection.execute(_KEEP_UNHANDLED, {"deliveries": _given([delivery]), "error": error, "now": now})


async def keep(connection: AsyncConnection, delivery: Delivery, *, now: datetime) -> Kept:
    """Keeps a delivery, or finds the one with its dedupe key, and locks the row until the transaction ends."""
    new = (await connection.execute(_KEEP, {"deliveries": _given([delivery]), "now": now})).scalar_one_or_none()
    if new is not None:
        return Kept(id=new, answer=None)
    row = (await connection.execute(_FIND, {"dedupe_key": delivery.dedupe_key})).one()
    return Kept(id=row.id, answer=row.answer)


async def mark_handled(
    connection: AsyncConnection, kept: Kept, *, answer: str, organization_id: UUID | None, now: datetime
) -> None:
    """Notes what a delivery was answered with, and whose it was: None for nobody's number."""
    values = {"id": kept.id, "answer": answer, "organization_id": organization_id, "now": now}
    await connection.execute(_HANDLED, values)


async def mark_failed(connection: AsyncConnection, kept: Kept, *, error: str, now: datetime) -> None:
    """Notes why handling a delivery failed; the sweep tries one that was never handled again, later each time."""
    await connection.execute(_FAILED, {"id": kept.id, "error": error, "now": now})


def _given(deliveries: Iterable[Delivery]) -> str:
    return records(deliveries, "kind", "dedupe_key", "account_sid", "query", "payload", "error")
