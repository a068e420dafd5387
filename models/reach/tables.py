"""What is known of reaching a contact on a channel."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Index, text
from sqlmodel import Field, SQLModel

from models.columns import moment


class ContactReach(SQLModel, table=True):
    """A contact's number on a channel: unreachable while it has a `code` of Twilio's, `unreachable_since` then.

    `reached_at` is when the person last wrote there, or `actor` said that the number works: what Twilio says of
    messages from before then does not count any more. `contacts.unreachable_on` has the channels with a code.
    """

    __tablename__ = "contact_reach"
    __table_args__ = (
        Index(
            "ix_contact_reach_unreachable",
            "organization_id",
            "contact_id",
            postgresql_where=text("code IS NOT NULL"),
        ),
    )

    contact_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True)
    )
    channel: str = Field(primary_key=True)
    organization_id: UUID = Field(foreign_key="organizations.id")
    code: int | None = None
    unreachable_since: datetime | None = moment()
    reached_at: datetime | None = moment()
    actor: str | None = None
