"""What must never happen, and was seen."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey
from sqlmodel import Field, SQLModel

from models.columns import growing_id, json_map, moment


class IncidentKind(StrEnum):
    """The kinds of thing that are counted and alerted."""

    SECOND_SID = "second_sid"
    UNKNOWN_CODE = "unknown_code"
    SCOPE_PAUSED = "scope_paused"


class Incident(SQLModel, table=True):
    """One sighting, with what a person needs to look into it."""

    __tablename__ = "incidents"

    id: int | None = growing_id()
    organization_id: UUID = Field(foreign_key="organizations.id")
    kind: str
    message_id: int | None = Field(default=None, sa_column=Column(BigInteger, ForeignKey("messages.id")))
    campaign_run_id: UUID | None = Field(default=None, foreign_key="campaign_runs.id")
    detail: dict[str, Any] = json_map()
    seen_at: datetime = moment(required=True)
