"""The tenant: whose contacts, campaigns and messages these are."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from models.columns import moment, new_id

DEFAULT_SLUG = "default"


class Organization(SQLModel, table=True):
    """One tenant, bound to at most one Twilio (sub)account."""

    __tablename__ = "organizations"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    slug: str = Field(unique=True)
    name: str
    twilio_account_sid: str | None = Field(default=None, unique=True)
    default_region: str = "US"
    created_at: datetime = moment(required=True)
