"""What must never happen, and was seen."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Index, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from models.columns import growing_id, json_map, moment

_COUNT_MORE = text("""
    UPDATE incidents
    SET detail = detail || jsonb_build_object('messages', CAST(detail->>'messages' AS int) + :messages)
    WHERE kind = :kind AND detail ? 'messages' AND CAST(detail->>'code' AS int) IS NOT DISTINCT FROM :code
        AND organization_id = (SELECT organization_id FROM senders WHERE id = :sender_id)
        AND campaign_run_id IS NOT DISTINCT FROM CAST(:run_id AS uuid)
""")

_FIRST = text("""
    INSERT INTO incidents (organization_id, kind, message_id, campaign_run_id, detail, seen_at)
    SELECT organization_id, :kind, :message_id, CAST(:run_id AS uuid),
        jsonb_build_object('scope', CAST(:scope AS text), 'code', CAST(:code AS int),
                           'reason', CAST(:reason AS text), 'messages', CAST(:messages AS int),
                           'sender_id', CAST(:sender_id AS text)), :now
    FROM senders WHERE id = :sender_id
""")


_UNHANDLED = text("""
    INSERT INTO incidents (organization_id, kind, detail, seen_at)
    SELECT COALESCE(e.organization_id, o.id), :kind,
        jsonb_build_object('webhook', e.id, 'webhook_kind', e.kind, 'reason', e.error), :now
    FROM webhook_events e LEFT JOIN organizations o ON o.twilio_account_sid = e.account_sid
    WHERE e.id = :id AND e.tries = 2 AND COALESCE(e.organization_id, o.id) IS NOT NULL
""")


class IncidentKind(StrEnum):
    """The kinds of thing that are counted and alerted."""

    SECOND_SID = "second_sid"
    UNKNOWN_CODE = "unknown_code"
    SCOPE_PAUSED = "scope_paused"
    TWILIO_WARNING = "twilio_warning"
    UNHANDLED_WEBHOOK = "unhandled_webhook"
    SENT_THOUGH_WITHDRAWN = "sent_though_withdrawn"
    REMINDERS_WITHOUT_SENDER = "reminders_without_sender"


class Incident(SQLModel, table=True):
    """One sighting, with what a person needs to look into it; `told_at` is when Prefect was told."""

    __tablename__ = "incidents"
    __table_args__ = (Index("ix_incidents_untold", "id", postgresql_where=text("told_at IS NULL")),)

    id: int | None = growing_id()
    organization_id: UUID = Field(foreign_key="organizations.id")
    kind: str
    message_id: int | None = Field(default=None, sa_column=Column(BigInteger, ForeignKey("messages.id")))
    campaign_run_id: UUID | None = Field(default=None, foreign_key="campaign_runs.id")
    detail: dict[str, Any] = json_map()
    seen_at: datetime = moment(required=True)
    told_at: datetime | None = moment()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSeen:
    """A code of Twilio's that people must hear of, on so many messages of a run (None: of no run)."""

    kind: str
    code: int | None
    scope: str
    reason: str
    sender_id: UUID
    run_id: UUID | None
    message_id: int
    messages: int


async def count_code(connection: AsyncConnection, seen: CodeSeen, *, now: datetime) -> bool:
    """Counts the messages in the run's incident of this code; says whether it is the first."""
    values = {**asdict(seen), "now": now}
    if (await connection.execute(_COUNT_MORE, values)).rowcount:
        return False
    await connection.execute(_FIRST, values)
    return True


async def note_unhandled(connection: AsyncConnection, webhook_id: int, *, now: datetime) -> None:
    """One incident for a webhook that could not be handled when it came nor at the second try; none at others."""
    values = {"kind": IncidentKind.UNHANDLED_WEBHOOK.value, "id": webhook_id, "now": now}
    await connection.execute(_UNHANDLED, values)
