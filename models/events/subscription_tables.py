"""Who is told of events outside, and what became of each telling."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from models.columns import growing_id, labels, moment, new_id


class Target(StrEnum):
    """What is told: another system's https address, or a Prefect deployment that is run for each event."""

    WEBHOOK = "webhook"
    PREFECT_DEPLOYMENT = "prefect_deployment"


class SubscriptionState(StrEnum):
    """`failing` ones wait for a person, `disabled` ones said themselves that they are gone (410)."""

    ACTIVE = "active"
    FAILING = "failing"
    DISABLED = "disabled"


class DeliveryState(StrEnum):
    """`given_up` ones had their day of attempts; `redeliver` starts another."""

    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class EventSubscription(SQLModel, table=True):
    """One listener. `kinds` empty means all of them; `position` is up to where the stream became deliveries.

    After failures in a row it rests until `resting_until`, then is tried with a single delivery.
    """

    __tablename__ = "event_subscriptions"
    __table_args__ = (Index("ix_event_subscriptions_organization", "organization_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organization_id: UUID = Field(foreign_key="organizations.id")
    target: str
    address: str
    kinds: list[str] = labels()
    include_content: bool = Field(
        default=False, sa_column=Column(Boolean, nullable=False, server_default=text("false"))
    )
    secret: str
    state: str = Field(default=SubscriptionState.ACTIVE, sa_column_kwargs={"server_default": "active"})
    state_reason: str | None = None
    position: int = Field(sa_column=Column(BigInteger, nullable=False))
    failures: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    failing_since: datetime | None = moment()
    resting_until: datetime | None = moment()
    created_at: datetime = moment(required=True)


class EventDelivery(SQLModel, table=True):
    """One event on its way to one subscription; tried again after `next_attempt_at` until it is answered 2xx."""

    __tablename__ = "event_deliveries"
    __table_args__ = (
        UniqueConstraint("subscription_id", "event_id"),
        Index(
            "ix_event_deliveries_due",
            "subscription_id",
            "next_attempt_at",
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_event_deliveries_event", "event_id"),
    )

    id: int | None = growing_id()
    organization_id: UUID = Field(foreign_key="organizations.id")
    subscription_id: UUID = Field(
        sa_column=Column(ForeignKey("event_subscriptions.id", ondelete="CASCADE"), nullable=False)
    )
    event_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("events.id", ondelete="CASCADE"), nullable=False)
    )
    state: str = Field(default=DeliveryState.PENDING, sa_column_kwargs={"server_default": "pending"})
    attempts: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    first_tried_at: datetime | None = moment()
    next_attempt_at: datetime = moment(required=True)
    lease_until: datetime | None = moment()
    http_status: int | None = Field(default=None, sa_column=Column(SmallInteger))
    error: str | None = None
    created_at: datetime = moment(required=True)
    updated_at: datetime = moment(required=True)
