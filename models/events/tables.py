"""Events, who reads them live, and where each is in the stream."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, SmallInteger, text
from sqlmodel import Field, SQLModel

from models.columns import growing_id, json_map, moment
from models.events.kinds import VERSION


class Event(SQLModel, table=True):
    """One thing that happened, never changed but for its place in the stream; `subject` holds ids and words of
    ours, never a phone number or a text.

    `position` is given after the commit by `models.events.publishing`; None until then.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_unpublished", "id", postgresql_where=text("position IS NULL")),
        Index("ix_events_stream", "organization_id", "position", postgresql_where=text("position IS NOT NULL")),
        Index("ix_events_created", "created_at"),
    )

    id: int | None = growing_id()
    organization_id: UUID = Field(foreign_key="organizations.id")
    kind: str
    version: int = Field(
        default=VERSION, sa_column=Column(SmallInteger, nullable=False, server_default=str(VERSION))
    )
    subject: dict[str, Any] = json_map()
    position: int | None = Field(default=None, sa_column=Column(BigInteger))
    created_at: datetime = moment(required=True)


class EventStream(SQLModel, table=True):
    """What one organization's stream holds: statuses until `statuses_until`, everything after `complete_from`.

    Statuses are by far the most events, so they are noted only while somebody wants them (`models.events.demand`).
    """

    __tablename__ = "event_streams"

    organization_id: UUID = Field(foreign_key="organizations.id", primary_key=True)
    statuses_until: datetime = moment(required=True)
    complete_from: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default="0"))
