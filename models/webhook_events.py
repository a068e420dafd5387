"""What Twilio's webhooks delivered, exactly as received, kept before anything is made of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.columns import growing_id, moment


class WebhookEvent(SQLModel, table=True):
    """One delivery. `payload` is the list of name and value pairs in the order received."""

    __tablename__ = "webhook_events"
    __table_args__ = (Index("ix_webhook_events_unprocessed", "id", postgresql_where=text("processed_at IS NULL")),)

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
