"""Subscriptions and deliveries as the API shows and takes them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.v1.values import Given, Shown, Text
from models.events.kinds import EventKind
from models.events.subscription_tables import DeliveryState, SubscriptionState, Target


class SubscriptionGiven(Given):
    """Who is to be told of what."""

    target: Target = Field(default=Target.WEBHOOK, description="A webhook, or a Prefect deployment that is run.")
    address: Annotated[Text, Field(min_length=1, max_length=2_000)] = Field(
        description="The webhook's https address, or the deployment as flow/deployment.",
        examples=["https://example.com/tidings"],
    )
    kinds: list[EventKind] = Field(
        default=[],
        max_length=20,
        description="Only these events; none are all of them.",
        examples=[["message.received"]],
    )
    include_content: bool = Field(
        default=False, description="Whether a webhook gets numbers and text of the message that an event tells of."
    )


class SubscriptionShown(Shown):
    """A subscription, without its secret."""

    id: UUID
    target: Target
    address: str
    kinds: list[str]
    include_content: bool
    state: SubscriptionState = Field(
        description="`failing` after a day without success, `disabled` after 410 Gone."
    )
    state_reason: str | None
    created_at: datetime
    pending: int = Field(description="Events that are still to be delivered.")


class SubscriptionMade(SubscriptionShown):
    """A new subscription; the secret is shown this once."""

    secret: str = Field(description="Verifies `webhook-signature`, see https://www.standardwebhooks.com.")


class DeliveryShown(Shown):
    """One event on its way to one subscription."""

    id: int
    event_id: int
    kind: str
    state: DeliveryState
    attempts: int
    http_status: int | None
    error: str | None
    next_attempt_at: datetime | None
    created_at: datetime
    updated_at: datetime
