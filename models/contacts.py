"""A person who can be written to, known by one phone number in E.164."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from messaging.errors import TidingsError
from models.columns import growing_id, json_map, labels, moment


class NoSuchContact(TidingsError):
    """The organization has no such contact."""

    def __init__(self, sentence: str = "There is no contact with this id.") -> None:
        super().__init__(sentence)


class Contact(SQLModel, table=True):
    """A contact of an organization; one row for each phone number.

    `postcode` and `region` (ISO 3166-2, like US-FL) are where the person lives, where that is known: with the time
    zone they tell when it is day there. `profile_name` is what the person calls themselves on WhatsApp; `geo` what
    Twilio last said of the number's place (city, state, postcode, country), where it said anything, which the area
    code tells as well; `unreachable_on` the channels on which the number cannot be reached (`models.reach`).
    """

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("organization_id", "phone"),
        Index("ix_contacts_tags", "tags", postgresql_using="gin"),
        Index("ix_contacts_organization", "organization_id", "id"),
    )

    id: int | None = growing_id()
    organization_id: UUID = Field(foreign_key="organizations.id")
    phone: str
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    country: str | None = None
    locale: str | None = None
    timezone: str | None = None
    postcode: str | None = None
    region: str | None = None
    tags: list[str] = labels()
    attributes: dict[str, Any] = json_map()
    profile_name: str | None = None
    geo: dict[str, Any] = json_map()
    unreachable_on: list[str] = labels()
    created_at: datetime = moment(required=True)
    updated_at: datetime = moment(required=True)
