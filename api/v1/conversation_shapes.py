"""Conversations as clients send and get them."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from api.v1.message_shapes import Body, MediaUrl
from api.v1.values import Given, Moment, ShortText, Shown
from models.conversations.tables import Mode


class ConversationShown(Shown):
    """The thread between a contact and one of our addresses on one channel."""

    id: UUID
    contact_id: int
    name: str = Field(description='The contact\'s, else that of the WhatsApp profile, else "Unknown".')
    phone: str = Field(examples=["+12025550123"])
    phone_shown: str = Field(description="As its own country writes it.", examples=["(202) 555-0123"])
    our_address: str
    channel: str
    preview: str
    unread: int
    last_inbound_at: datetime | None
    last_message_at: datetime
    mode: Mode = Field(description="Who answers: the rules, a person, a Studio flow, or nobody.")
    mode_until: datetime | None
    mode_reason: str | None
    created_at: datetime


class ThreadMessageShown(Shown):
    """A message of a thread; `inbound_media` are what the person sent."""

    id: int
    direction: Literal["outbound", "inbound"]
    state: str
    body: str | None
    media: list[dict[str, Any]] | None
    channel: str
    cause: str | None
    skip_reason: str | None
    error_code: int | None
    twilio_sid: str | None
    segments: int | None
    created_at: datetime
    updated_at: datetime
    inbound_media: list[dict[str, Any]]


class ReplyGiven(Given):
    """A person's answer."""

    body: Body = Field(default="", examples=["We are open until 8 today."])
    media: list[MediaUrl] = Field(default=[], max_length=10, examples=[[]])


class ModeGiven(Given):
    """Who is to answer from now on: the rules, a person, a flow of Twilio Studio, or nobody."""

    mode: Literal["auto", "person", "studio", "silent"]
    flow: str | None = Field(
        default=None, pattern="^FW[0-9a-f]{32}$", description="The flow of Twilio Studio; with mode studio alone."
    )
    until: Moment | None = Field(default=None, description="Then the rules answer again; without end if left out.")
    reason: ShortText | None = None
