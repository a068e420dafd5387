"""A campaign's definition and its runs: one for each occurrence, however often the work is retried."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.columns import json_map, moment, new_id

ONCE = "once"
"""The occurrence of a campaign that is started by hand: starting it twice is the same run."""


class RunState(StrEnum):
    """Where a campaign run stands."""

    SCHEDULED = "scheduled"
    PLANNING = "planning"
    SENDING = "sending"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELED = "canceled"


class Priority(StrEnum):
    """Whether a campaign's messages go ahead of others' on a shared sender."""

    NORMAL = "normal"
    URGENT = "urgent"


class Campaign(SQLModel, table=True):
    """What to send to whom. `rate` is in SMS segments per second; none means the sender's.

    `topic` narrows whose consent is asked for: theirs to this topic, or to all; none means all.
    The texts of a `sensitive` one are kept only until they are sent (`models.messages.secrets`).

    `alerts` holds what differs from the settings (`messaging.alert_rules`).
    A `standing` one is hidden: its runs hold direct messages (`models.messages.direct.standing`), or the reminders
    of a rule as it was written in one version.
    """

    __tablename__ = "campaigns"
    __table_args__ = (
        Index(
            "uq_campaigns_standing",
            "organization_id",
            "kind",
            "reminder_rule",
            "reminder_version",
            unique=True,
            postgresql_where=text("standing"),
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organization_id: UUID = Field(foreign_key="organizations.id")
    name: str = Field(index=True)
    kind: str
    topic: str = Field(default="", sa_column_kwargs={"server_default": ""})
    sensitive: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    body: str
    audience: dict[str, Any] = json_map()
    rate: float | None = None
    priority: str = Field(default=Priority.NORMAL, sa_column_kwargs={"server_default": "normal"})
    send_at: datetime | None = moment()
    send_before: datetime | None = moment()
    alerts: dict[str, Any] = json_map()
    standing: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    reminder_rule: str = Field(default="", sa_column_kwargs={"server_default": ""})
    reminder_version: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    created_at: datetime = moment(required=True)


class CampaignRun(SQLModel, table=True):
    """One occurrence of a campaign; its audience is frozen once, into message rows.

    Nothing of it leaves at `send_before` or later.
    """

    __tablename__ = "campaign_runs"
    __table_args__ = (UniqueConstraint("campaign_id", "occurrence"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organization_id: UUID = Field(foreign_key="organizations.id")
    campaign_id: UUID = Field(foreign_key="campaigns.id")
    occurrence: str
    sender_id: UUID = Field(foreign_key="senders.id")
    state: str = RunState.PLANNING
    state_reason: str | None = None
    planned_at: datetime | None = moment()
    send_before: datetime | None = moment()
    tended_until: datetime | None = moment()
    finished_at: datetime | None = moment()
    created_at: datetime = moment(required=True)
