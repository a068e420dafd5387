"""Column kinds that every table shares, so that all of them mean the same thing by a time, an id or a map."""

from datetime import datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import BigInteger, Column, DateTime, Identity, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from messaging.business_time import business_now


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): its rows lie in the order they were made, so indexes stay compact."""
    return uuid_utils.compat.uuid7()


def utc_now() -> datetime:
    """Business time as the database keeps it: UTC, aware."""
    return business_now()


def growing_id() -> Any:
    """Primary key of a table that grows with the traffic: a bigint that PostgreSQL counts."""
    return Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))


def moment(*, required: bool = False) -> Any:
    """An instant (timestamptz); required ones default to now."""
    column: Column[datetime] = Column(DateTime(timezone=True), nullable=not required)
    return Field(default_factory=utc_now, sa_column=column) if required else Field(default=None, sa_column=column)


def json_map() -> Any:
    """A JSON object, empty by default."""
    return Field(default_factory=dict, sa_column=Column(JSONB, nullable=False, server_default="{}"))


def labels() -> Any:
    """A list of short texts, empty by default."""
    return Field(default_factory=list, sa_column=Column(ARRAY(Text), nullable=False, server_default="{}"))
