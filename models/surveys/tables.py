"""Surveys in their versions, who is in the middle of one, and every message that was an answer or none."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.columns import growing_id, json_map, moment, new_id

ACTIVE = text("state = 'active'")


class RunState(StrEnum):
    """How far a person's survey is: under way, or how it ended."""

    ACTIVE = "active"
    FINISHED = "finished"
    GAVE_UP = "gave_up"
    STOPPED = "stopped"
    TIMED_OUT = "timed_out"


class SurveyVersion(SQLModel, table=True):
    """One version of a survey, never changed: who began it ends it. `source` is its file."""

    __tablename__ = "surveys"
    __table_args__ = (UniqueConstraint("organization_id", "name", "version"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organization_id: UUID = Field(foreign_key="organizations.id")
    name: str
    version: int
    source: str
    definition: dict[str, Any] = json_map()
    created_at: datetime = moment(required=True)


class SurveyRun(SQLModel, table=True):
    """A survey with one person: `step` waits until `ends_at` and has had `tries` answers that were none.

    One is active in a conversation at a time. `remind_at` is when a reminder is due, once a step.
    """

    __tablename__ = "survey_runs"
    __table_args__ = (
        Index("uq_survey_runs_active", "conversation_id", unique=True, postgresql_where=ACTIVE),
        Index("ix_survey_runs_survey", "survey_id", "started_at"),
        Index("ix_survey_runs_contact", "contact_id"),
        Index("ix_survey_runs_ends", "ends_at", postgresql_where=ACTIVE),
        Index("ix_survey_runs_remind", "remind_at", postgresql_where=ACTIVE),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organization_id: UUID = Field(foreign_key="organizations.id")
    survey_id: UUID = Field(foreign_key="surveys.id")
    conversation_id: UUID = Field(foreign_key="conversations.id")
    contact_id: int = Field(sa_column=Column(BigInteger, ForeignKey("contacts.id"), nullable=False))
    state: str
    step: str
    tries: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False, server_default="0"))
    started_at: datetime = moment(required=True)
    ends_at: datetime = moment(required=True)
    remind_at: datetime | None = moment()
    ended_at: datetime | None = moment()


class SurveyAnswer(SQLModel, table=True):
    """What one inbound message was to the step that waited: answered, skipped or invalid; only once a message."""

    __tablename__ = "survey_answers"
    __table_args__ = (UniqueConstraint("message_sid"), Index("ix_survey_answers_run", "run_id", "id"))

    id: int | None = growing_id()
    organization_id: UUID = Field(foreign_key="organizations.id")
    run_id: UUID = Field(foreign_key="survey_runs.id")
    step: str
    outcome: str
    value: Any = Field(default=None, sa_column=Column(JSONB))
    message_sid: str
    answered_at: datetime = moment(required=True)
