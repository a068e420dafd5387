"""The rate limiter's rows: one for each sender and one for each campaign run that has a rate of its own."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import moment


class Budget(SQLModel, table=True):
    """A GCRA cell: `free_at` is when, on the database's clock, the segments granted so far have all left."""

    __tablename__ = "budgets"

    key: str = Field(primary_key=True)
    rate: float
    free_at: datetime = moment(required=True)
