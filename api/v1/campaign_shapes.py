"""Campaigns as clients send and get them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import phonenumbers
from pydantic import AfterValidator, Field, model_validator

from api.v1.alert_shapes import AlertsGiven
from api.v1.contact_shapes import Tag
from api.v1.values import Given, Moment, Name, Shown, Text, Topic, example
from models.campaigns.tables import ONCE, Priority
from models.senders import MessageType

_FASTEST = 1_000_000


def _country(code: str) -> str:
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError("Use two capital letters of ISO 3166, like US or GB")
    return code


Country = Annotated[Text, AfterValidator(_country)]
Occurrence = Annotated[
    Name,
    Field(
        description="The label of this sending; another one sends to the whole audience again.", examples=["once"]
    ),
]
Rate = Annotated[float, Field(gt=0, le=_FASTEST, allow_inf_nan=False, description="SMS segments a second.")]


class Audience(Given):
    """Contacts with any of the tags and in any of the countries; without both, everyone."""

    tags: list[Tag] = Field(default=[], max_length=100, examples=[["autumn"]])
    countries: list[Country] = Field(default=[], max_length=300, examples=[["US"]])


class CampaignGiven(Given):
    """What to send to whom."""

    model_config = example(
        name="Autumn sale",
        kind="marketing",
        body="Hi {{ first_name | default: 'there' }}, 20 % off until Friday. Reply STOP to end.",
        audience={"tags": ["autumn"], "countries": ["US"]},
        rate=40,
    )

    name: Name = Field(examples=["Autumn sale"])
    kind: MessageType
    sensitive: bool = Field(default=False, description="Whether its texts are kept only until they are sent.")
    topic: Topic = Field(
        default="",
        description="What it is about: goes to who agreed to this, or to every topic.",
        examples=["sales"],
    )
    body: Annotated[Text, Field(min_length=1, max_length=10_000)] = Field(
        description="A text with Liquid variables: a contact's fields, or attributes.",
        examples=["Hi {{ first_name | default: 'there' }}, 20 % off until Friday. Reply STOP to end."],
    )
    audience: Audience
    rate: Rate | None = Field(default=None, description="SMS segments a second; by default the sender's rate.")
    priority: Priority = Priority.NORMAL
    alerts: AlertsGiven = Field(default=AlertsGiven(), examples=[{"failure_rate": 0.1, "pause": True}])
    send_at: Moment | None = None
    send_before: Moment | None = Field(default=None, description="Whoever was not sent to by then will not be.")

    @model_validator(mode="after")
    def _in_order(self) -> "CampaignGiven":
        if self.send_at is not None and self.send_before is not None and self.send_before <= self.send_at:
            raise ValueError("send_before must be later than send_at; at that time nothing leaves any more")
        return self


class CampaignLineShown(Shown):
    """A campaign in a list, with the newest of its runs."""

    id: UUID
    name: str
    kind: str
    send_at: datetime | None
    created_at: datetime
    occurrence: str | None = Field(description="The newest run's label; null before the first start.")
    state: str | None = Field(examples=["sending"])


class CampaignShown(Shown):
    """A campaign's definition."""

    id: UUID
    name: str
    kind: str
    topic: str
    sensitive: bool
    body: str
    audience: dict[str, Any]
    rate: float | None
    priority: str
    alerts: dict[str, float | bool]
    send_at: datetime | None
    send_before: datetime | None
    created_at: datetime


class StartGiven(Given):
    """How to start."""

    occurrence: Occurrence = ONCE
    shards: int = Field(default=1, ge=1, le=32, description="How many flow runs send together.")


class RunNamed(Given):
    """Which run, and why."""

    occurrence: Occurrence = ONCE
    reason: Annotated[Text, Field(min_length=1, max_length=500)] | None = Field(
        default=None, description="For the timeline and the report.", examples=["wrong price"]
    )


class RateGiven(Given):
    """Another rate."""

    occurrence: Occurrence = ONCE
    rate: Rate | None = Field(description="SMS segments a second; null for the sender's own rate.", examples=[40])


class CampaignStarted(Shown):
    """A flow run that was asked for."""

    id: UUID
    occurrence: str
    state: str
    flow_run_id: str
    url: str = Field(description="Its page in Prefect's UI.")
    begins_at: datetime | None = Field(description="Null for now.")
    resumed: bool = Field(description="Whether it sets going what had been paused.")


class RunShown(Shown):
    """Where a run stands."""

    id: UUID
    occurrence: str
    state: str
    reason: str | None
    messages_canceled: int | None = Field(default=None, description="After a cancel: how many are not sent.")


class RateShown(Shown):
    """SMS segments a second; the lower one holds."""

    id: UUID
    occurrence: str
    rate: float | None
    sender_rate: float
    effective_rate: float
