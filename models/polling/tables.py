"""How often a message's status was looked up."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey, SmallInteger
from sqlmodel import Field, SQLModel

from models.columns import moment


class StatusPoll(SQLModel, table=True):
    """`looks`: how many of the times at which a message is looked up are behind it."""

    __tablename__ = "status_polls"

    message_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("messages.id"), primary_key=True, autoincrement=False)
    )
    looks: int = Field(sa_column=Column(SmallInteger, nullable=False))
    looked_at: datetime = moment(required=True)
