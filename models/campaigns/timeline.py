"""A run's timeline: what happened to it, when, why, and by whose hand, written with the change itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from models.columns import growing_id, json_map, moment
from models.events.campaigns import note_campaign


class What(StrEnum):
    """The kinds of thing that a timeline tells."""

    SCHEDULED = "scheduled"
    PLANNED = "planned"
    PAUSED = "paused"
    RESUMED = "resumed"
    CANCELED = "canceled"
    RATE_CHANGED = "rate changed"
    SLOWED_DOWN = "slowed down"
    RESTS = "sender rests"
    EXPIRED = "expired"
    FINISHED = "finished"
    FLOW_RUN_BEGAN = "flow run began"
    FLOW_RUN_ENDED = "flow run ended"


_INTERNAL = (What.FLOW_RUN_BEGAN, What.FLOW_RUN_ENDED)
"""What other systems are not told."""


class Actor(StrEnum):
    """Whose doing it was."""

    PERSON = "person"
    SYSTEM = "system"
    TWILIO = "twilio"


class CampaignEvent(SQLModel, table=True):
    """One entry; `detail` holds counts, ids and codes, never a phone number or a message's text."""

    __tablename__ = "campaign_events"
    __table_args__ = (Index("ix_campaign_events_run", "campaign_run_id", "id"),)

    id: int | None = growing_id()
    campaign_run_id: UUID = Field(foreign_key="campaign_runs.id")
    at: datetime = moment(required=True)
    what: str
    why: str | None = None
    actor: str
    detail: dict[str, Any] = json_map()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a run at business time `at`."""

    what: str
    actor: str
    at: datetime
    why: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The entry for machines."""
        return {
            "at": self.at.isoformat(),
            "what": self.what,
            "why": self.why,
            "actor": self.actor,
            "detail": dict(self.detail),
        }


_NOTE = text("""
    INSERT INTO campaign_events (campaign_run_id, at, what, why, actor, detail)
    VALUES (:run_id, :at, :what, :why, :actor, CAST(:detail AS jsonb))
""")

_NOTE_SENDER = text("""
    INSERT INTO campaign_events (campaign_run_id, at, what, why, actor, detail)
    SELECT id, :at, :what, :why, :actor, CAST(:detail AS jsonb)
    FROM campaign_runs
    WHERE sender_id = :sender_id AND state IN ('scheduled', 'planning', 'sending')
    RETURNING campaign_run_id
""")

_READ = text("""
    SELECT what, actor, at, why, detail FROM (
        SELECT * FROM campaign_events WHERE campaign_run_id = :run_id ORDER BY id DESC LIMIT :last) newest
    ORDER BY id
""")


async def note(connection: AsyncConnection, run_id: UUID, event: Event) -> None:
    """Writes an entry in the transaction of what it tells."""
    await connection.execute(_NOTE, {"run_id": run_id, **_values(event)})
    if event.what not in _INTERNAL:
        await note_campaign(connection, [run_id], what=event.what, actor=event.actor, now=event.at)


async def note_for_sender(connection: AsyncConnection, sender_id: UUID, event: Event) -> None:
    """Writes an entry for every run that would be sending through this sender."""
    noted = await connection.execute(_NOTE_SENDER, {"sender_id": sender_id, **_values(event)})
    await note_campaign(connection, noted.scalars().all(), what=event.what, actor=event.actor, now=event.at)


async def read_timeline(connection: AsyncConnection, run_id: UUID, *, last: int | None = None) -> list[Event]:
    """The run's entries, oldest first: all, or the `last` so many."""
    rows = await connection.execute(_READ, {"run_id": run_id, "last": last})
    return [Event(**row) for row in rows.mappings()]


def _values(event: Event) -> dict[str, Any]:
    return {
        "at": event.at,
        "what": event.what,
        "why": event.why,
        "actor": event.actor,
        "detail": json.dumps(dict(event.detail)),
    }
