"""Alerts as they are kept: one for each time that a rate was above its threshold."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.columns import growing_id, moment


class Alert(SQLModel, table=True):
    """A rate that is, or was, too high: `counted` of `total` messages when it was raised.

    `subject_id` is the campaign run, or the sender where there is none. It is open until `ended_at`; `seen_at` is
    when it was last above, `told_at` when Prefect was told of it, `end_told_at` of its end.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        Index("uq_alerts_open", "subject_id", "kind", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_alerts_organization", "organization_id", "id"),
        Index("ix_alerts_run", "campaign_run_id", postgresql_where=text("campaign_run_id IS NOT NULL")),
    )

    id: int | None = growing_id()
    organization_id: UUID = Field(foreign_key="organizations.id")
    kind: str
    subject_id: UUID
    sender_id: UUID = Field(foreign_key="senders.id")
    campaign_run_id: UUID | None = Field(default=None, foreign_key="campaign_runs.id")
    counted: int
    total: int
    threshold: float
    window_seconds: float
    paused: bool
    raised_at: datetime = moment(required=True)
    seen_at: datetime = moment(required=True)
    ended_at: datetime | None = moment()
    told_at: datetime | None = moment()
    end_told_at: datetime | None = moment()
