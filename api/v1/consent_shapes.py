"""Consents as clients send and get them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from api.v1.values import Given, IntegerId, Moment, Name, Phone, Shown, Text, Topic, example
from models.senders import MessageType

Channel = Literal["sms", "whatsapp"]


class Evidence(Given):
    """What proves a consent."""

    ip: Annotated[Text, Field(max_length=45)] | None = Field(default=None, examples=["192.0.2.17"])
    user_agent: Annotated[Text, Field(max_length=500)] | None = None
    wording: Annotated[Text, Field(max_length=5_000)] | None = Field(
        default=None,
        description="The words the person agreed to.",
        examples=["Yes, send me offers by text message. Reply STOP to end."],
    )
    wording_version: Annotated[Text, Field(max_length=100)] | None = Field(
        default=None, description="Which version of these words it was.", examples=["2026-02"]
    )
    reference: Annotated[Text, Field(max_length=500)] | None = Field(
        default=None,
        description="Where the original is: a form's id, a call.",
        examples=["form 2026-1107"],
    )


class ConsentGiven(Given):
    """What a person declared. Name the person by `contact_id` or by `phone`."""

    model_config = example(
        phone="+12025550123",
        message_type="marketing",
        state="opted_in",
        method="web_form",
        source="newsletter form",
        evidence={"ip": "192.0.2.17", "wording": "Yes, send me offers by text message. Reply STOP to end."},
    )

    contact_id: IntegerId | None = Field(default=None, examples=[4711])
    phone: Phone | None = None
    message_type: MessageType
    topic: Topic = Field(default="", description="What it is about; every topic if it is left out.")
    channel: Channel = "sms"
    state: Literal["opted_in", "opted_out"]
    method: Literal["web_form", "verbal", "written", "api", "double_opt_in", "soft_opt_in"] = Field(
        description="How the person told it. A double opt-in made elsewhere needs the confirmation as reference; "
        "a soft opt-in needs the sale as reference, and the wording in which a no was offered with it."
    )
    source: Name = Field(description="Where: the form, event or system.", examples=["newsletter form"])
    given_at: Moment | None = Field(default=None, description="When; now if it is left out.")
    evidence: Evidence = Evidence()

    @model_validator(mode="after")
    def _one_person(self) -> "ConsentGiven":
        if (self.contact_id is None) == (self.phone is None):
            raise ValueError("Name the person by contact_id or by phone, not by both")
        return self


class ConsentRecorded(Shown):
    """The ledger's entry of a declaration."""

    event_id: int


class ConsentShown(Shown):
    """The state for one type of message on one channel; `pending` waits for a confirmation."""

    message_type: str
    topic: str
    channel: str
    state: str = Field(examples=["opted_in"])
    event_id: int = Field(description="The ledger's entry that made it so.")
    given_at: datetime


class ConsentsOfNumber(Shown):
    """A number's consents. A type that is missing is unknown: marketing may not be sent, anything else may."""

    data: list[ConsentShown]


class LedgerEntryShown(Shown):
    """An entry of the ledger, which is never changed."""

    id: int
    message_type: str
    topic: str
    channel: str
    state_before: str
    state_after: str
    action: str = Field(description="What the entry did; empty in old entries that did not say.")
    method: str
    source: str
    message_sid: str | None
    actor: str | None
    wording: str | None
    wording_version: str | None
    ip: str | None
    user_agent: str | None
    proof: str | None = Field(description="Where the original is.")
    evidence: dict[str, Any] = Field(description="Whatever else proves it.")
    given_at: datetime
    recorded_at: datetime
