"""Which deliveries are in which file of the archive."""

from datetime import datetime

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel

from models.columns import moment


class WebhookArchive(SQLModel, table=True):
    """One file: the deliveries from `first_id` to `last_id`.

    What it holds is decided before it is written,

    so a process that is killed in between leaves the same file to be written again, under the same name.
    """

    __tablename__ = "webhook_archives"

    first_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    last_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    name: str
    planned_at: datetime = moment(required=True)
    written_at: datetime | None = moment()
