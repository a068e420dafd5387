"""The append-only ledger of consent and the current state derived from it in the same transaction."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Index, text
from sqlmodel import Field, SQLModel

from models.columns import growing_id, json_map, moment

ANY_TOPIC = ""
SMS = "sms"


class ConsentState(StrEnum):
    """What is known of a number for one type of message; no row means that nothing is known.

    `pending`: someone asked to join, and has not confirmed it yet.
    """

    UNKNOWN = "unknown"
    PENDING = "pending"
    OPTED_IN = "opted_in"
    OPTED_OUT = "opted_out"


class ConsentAction(StrEnum):
    """What an entry of the ledger did. `start` and `kept` may leave the state as it was.

    `ask` is the question of a JOIN, `confirm` the YES to it, `expire` its end without one; `kept` a person's
    decision that a doubtful text was no refusal. Entries of older versions may have none ("").
    """

    OPT_IN = "opt_in"
    OPT_OUT = "opt_out"
    START = "start"
    ASK = "ask"
    CONFIRM = "confirm"
    EXPIRE = "expire"
    KEPT = "kept"


class ConsentMethod(StrEnum):
    """How a consent or an opt-out reached us.

    `soft_opt_in` is no declaration of the person but a sale: the number was given with it, only similar products
    of one's own are offered, and the way to say no was shown when the number was asked for.
    """

    IMPORT = "import"
    KEYWORD = "keyword"
    CARRIER = "carrier"
    PLAIN_LANGUAGE = "plain_language"
    WEB_FORM = "web_form"
    VERBAL = "verbal"
    WRITTEN = "written"
    API = "api"
    DOUBLE_OPT_IN = "double_opt_in"
    ERASURE = "erasure"
    SOFT_OPT_IN = "soft_opt_in"


TAKEN_BACK_BY_START = (
    ConsentMethod.KEYWORD,
    ConsentMethod.CARRIER,
    ConsentMethod.PLAIN_LANGUAGE,
    ConsentMethod.ERASURE,
)
"""How a person says no by writing to us or the carrier, or was erased: their own START ends it, nothing else."""


class ConsentEvent(SQLModel, table=True):
    """One entry of the ledger, with its evidence: never updated, never deleted but by an erasure.

    `wording` is what the person saw, and `wording_version` which version of it; `proof` refers to the original.
    """

    __tablename__ = "consent_events"
    __table_args__ = (
        Index("ix_consent_events_phone", "organization_id", "phone", "id"),
        Index(
            "ix_consent_events_opt_outs",
            "recorded_at",
            postgresql_where=text("state_after = 'opted_out' AND state_before <> 'opted_out'"),
        ),
    )

    id: int | None = growing_id()
    organization_id: UUID = Field(foreign_key="organizations.id")
    phone: str
    message_type: str
    topic: str = ANY_TOPIC
    channel: str = SMS
    state_before: str
    state_after: str
    action: str = Field(default="", sa_column_kwargs={"server_default": ""})
    method: str
    source: str
    message_sid: str | None = None
    actor: str | None = None
    wording: str | None = None
    wording_version: str | None = None
    ip: str | None = None
    user_agent: str | None = None
    proof: str | None = None
    evidence: dict[str, Any] = json_map()
    given_at: datetime = moment(required=True)
    recorded_at: datetime = moment(required=True)


class LedgerErasure(SQLModel, table=True):
    """That a person's entries were taken from the ledger: how many, by which role and transaction; not whose."""

    __tablename__ = "ledger_erasures"

    id: int | None = growing_id()
    organization_id: UUID = Field(foreign_key="organizations.id")
    phone_hash: bytes
    entries: int = Field(sa_column=Column(BigInteger, nullable=False))
    role: str = Field(sa_column_kwargs={"server_default": text("session_user")})
    transaction: str = Field(sa_column_kwargs={"server_default": text("(pg_current_xact_id())::text")})
    erased_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), server_default=text("clock_timestamp()"), nullable=False)
    )


class Consent(SQLModel, table=True):
    """The state now. `before_opt_out` and `opt_out_method` say what a later START may restore.

    `basis` and `agreed_at`: what a yes rests on and since when, also while a no stands over it
    (`models.consent.basis`; NULL where nothing is known of it). `in_review`: a text of the person may be a
    refusal; marketing waits until someone decides (`models.reviews`).
    """

    __tablename__ = "consents"
    __table_args__ = (
        Index("ix_consents_pending", "given_at", postgresql_where=text("state = 'pending'")),
        Index("ix_consents_in_review", "organization_id", "phone", postgresql_where=text("in_review")),
    )

    organization_id: UUID = Field(foreign_key="organizations.id", primary_key=True)
    phone: str = Field(primary_key=True)
    message_type: str = Field(primary_key=True)
    topic: str = Field(default=ANY_TOPIC, primary_key=True)
    channel: str = Field(default=SMS, primary_key=True)
    state: str
    before_opt_out: str | None = None
    opt_out_method: str | None = None
    basis: str | None = None
    agreed_at: datetime | None = moment()
    in_review: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    event_id: int = Field(sa_column=Column(BigInteger, ForeignKey("consent_events.id"), nullable=False))
    given_at: datetime = moment(required=True)
