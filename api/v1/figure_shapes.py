"""What a campaign would do, did, and what happened to it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from api.v1.values import Shown


class SampleShown(Shown):
    """One text as it would leave; the number is masked."""

    to: str = Field(examples=["***23"])
    country: str | None
    body: str
    encoding: str
    segments: int


class HeldShown(Shown):
    """People who wait for hours in which they may be written to: until when, and by the clock of which place."""

    until: datetime
    local: datetime
    place: str = Field(examples=["New York"])
    people: int


class PreviewShown(Shown):
    """What a start would do now: `eligible` and `skipped` by reason add up to `audience`."""

    audience: int
    eligible: int
    held: list[HeldShown]
    skipped: dict[str, int]
    skip_sentences: dict[str, str] = Field(description="What the reasons mean that occur.")
    segments: int
    segments_by_encoding: dict[str, int]
    segments_by_country: dict[str, int]
    rate: float | None
    seconds: float | None
    samples: list[SampleShown]


class EventShown(Shown):
    """An entry of a run's timeline."""

    at: datetime
    what: str = Field(examples=["paused"])
    why: str | None
    actor: str
    detail: dict[str, Any]


class TimelineShown(Shown):
    """What happened to a run, oldest first."""

    data: list[EventShown]


class ReportedCampaign(Shown):
    """Which campaign."""

    id: UUID
    name: str
    kind: str
    topic: str


class ReportedRun(Shown):
    """Which run of it."""

    id: UUID
    occurrence: str
    state: str
    reason: str | None
    started_at: datetime
    planned_at: datetime | None
    finished_at: datetime | None


class ReportedError(Shown):
    """How many messages ended with one of Twilio's codes, and what it means."""

    messages: int
    sentence: str


class AlertShown(Shown):
    """A rate of failures or opt-outs that was too high; open while `ended_at` is null."""

    id: int
    kind: str = Field(examples=["failures"])
    sender_id: UUID
    campaign_run_id: UUID | None
    campaign: str | None
    counted: int
    total: int
    threshold: float
    window_seconds: float
    reason: str
    paused: bool
    raised_at: datetime
    ended_at: datetime | None


class ReportShown(Shown):
    """What became of everyone in the audience: `states` add up to it at any moment."""

    campaign: ReportedCampaign
    run: ReportedRun
    audience: int
    states: dict[str, int] = Field(examples=[{"delivered": 842, "skipped": 378}])
    skipped: dict[str, int]
    skip_sentences: dict[str, str] = Field(description="What the reasons mean that occur.")
    errors: dict[str, ReportedError]
    segments: int
    replies: int
    opt_outs: int
    incidents: int
    pace: dict[str, float] | None
    held: list[HeldShown]
    in_review: int = Field(description="Of the held, how many wait for a decision on a text of theirs.")
    alerts: list[AlertShown]
    timeline: list[EventShown]
