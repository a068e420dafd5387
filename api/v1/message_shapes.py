"""Messages as clients send and get them."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, computed_field, model_validator

from api.v1.values import Given, IntegerId, Moment, Phone, Shown, Text, Topic, example
from messaging.media_urls import LONGEST_URL
from models.messages.skip_reasons import in_words
from models.senders import MessageType

MOST_RECIPIENTS = 10_000
Channel = Literal["sms", "whatsapp"]
Body = Annotated[Text, Field(max_length=1_600)]
MediaUrl = Annotated[Text, Field(min_length=1, max_length=LONGEST_URL)]


class Recipient(Given):
    """Who, named by `contact_id` or by `to`, a number; its contact is made if there is none."""

    contact_id: IntegerId | None = Field(default=None, examples=[4711])
    to: Phone | None = None

    @model_validator(mode="after")
    def _one_person(self) -> "Recipient":
        if (self.contact_id is None) == (self.to is None):
            raise ValueError("Name the person by contact_id or by to, not by both")
        return self

    @property
    def person(self) -> int | str:
        """A contact's id or a number as it was written."""
        return self.contact_id if self.contact_id is not None else str(self.to)


class Manner(Given):
    """How and when."""

    message_type: MessageType = MessageType.TRANSACTIONAL
    sensitive: bool = Field(
        default=False, description="For codes and the like: the text is kept only until the message is sent."
    )
    topic: Topic = Field(
        default="", description="What it is about: goes to who agreed to this, or to every topic."
    )
    channel: Channel = "sms"
    send_after: Moment | None = Field(default=None, description="Not before; now if it is left out.")
    send_before: Moment | None = Field(
        default=None, description="Not later; what is not sent by then expires. By default a day after send_after."
    )
    schedule_at_twilio: bool = Field(
        default=False,
        description=(
            "Twilio keeps it until send_after, where that is 7 minutes to 35 days ahead and the sender is a "
            "Messaging Service; else it is kept here, which serves as well. For transactional SMS alone."
        ),
    )


class MessageGiven(Recipient, Manner):
    """One message: a text, media, or both."""

    model_config = example(to="+12025550123", body="Your parcel is at the door.")

    body: Body = Field(default="", examples=["Your parcel is at the door."])
    media: list[MediaUrl] = Field(
        default=[], max_length=10, description="https addresses that Twilio fetches.", examples=[[]]
    )


class BulkRecipient(Recipient):
    """One of many, with words of their own if they are to differ."""

    body: Body | None = None
    media: Annotated[list[MediaUrl], Field(max_length=10)] | None = None


class BulkGiven(Manner):
    """One message to many; a number that is named twice gets it once."""

    model_config = example(
        recipients=[{"to": "+12025550123"}, {"to": "+12025550124", "body": "Good morning, Ada!"}],
        body="Good morning!",
    )

    recipients: list[BulkRecipient] = Field(min_length=1, max_length=MOST_RECIPIENTS)
    body: Body = Field(default="", examples=["The store closes at 6 today."])
    media: list[MediaUrl] = Field(default=[], max_length=10, examples=[[]])


class MessagePlanned(Shown):
    """What was made of it. `skipped` will not be sent, `refused` became no message; `reason` says why."""

    id: int | None
    state: str = Field(examples=["planned"])
    reason: str | None
    contact_id: int | None


class BulkPlanned(Shown):
    """A result for each recipient, in their order; `planned`, `skipped` and `refused` count them."""

    planned: int
    skipped: int
    refused: int
    data: list[MessagePlanned]


class MessageShown(Shown):
    """A message, in or out. `media` are addresses that an outbound one carries; inbound ones are listed apart."""

    id: int
    direction: Literal["outbound", "inbound"]
    state: str = Field(examples=["delivered"])
    phone: str = Field(description="The person's number in E.164.", examples=["+12025550123"])
    country: str | None
    our_address: str | None
    channel: str
    message_type: str | None
    topic: str
    contact_id: int | None
    conversation_id: UUID | None
    campaign_id: UUID | None
    body: str | None = Field(
        description="Null until it is claimed, and once its time is over; [sensitive] for a sensitive one."
    )
    media: list[dict[str, Any]] | None
    segments: int | None
    send_after: datetime | None
    send_at_twilio: datetime | None = Field(description="When Twilio is to send it, which keeps it until then.")
    send_before: datetime | None
    held_for: str | None = Field(
        description="What a planned message waits for until its `send_after`, such as quiet_hours."
    )
    skip_reason: str | None
    failed_at: str | None
    error_code: int | None
    twilio_sid: str | None
    price: Decimal | None
    price_unit: str | None
    created_at: datetime
    updated_at: datetime

    @computed_field(description="The skip reason in a sentence.")  # type: ignore[prop-decorator]
    @property
    def skip_sentence(self) -> str | None:
        """None for a message that was not skipped."""
        return in_words(self.skip_reason) if self.skip_reason else None


class AttemptShown(Shown):
    """One request to Twilio."""

    attempt: int
    sender: str | None
    outcome: str
    error_code: int | None
    http_status: int | None
    request_id: str | None
    claimed_at: datetime | None
    answered_at: datetime | None


class StatusShown(Shown):
    """A status that Twilio reported."""

    twilio_sid: str
    status: str
    error_code: int | None
    received_at: datetime


class TraceShown(Shown):
    """Every request for an outbound message, and every status that Twilio reported of it."""

    cause: str | None = Field(description="Who or what asked for it.", examples=["api key 3fa9c1d20b77"])
    attempts: list[AttemptShown]
    statuses: list[StatusShown]
