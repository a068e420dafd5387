"""The rate limiter's rows: one for each sender and one for each campaign run that has a rate of its own."""

from datetime import datetime

from sqlalchemy import text
from sqlmodel import Field, SQLModel

from models.columns import moment

SENDER_BUDGET = text("""
    INSERT INTO budgets (key, rate, free_at)
    SELECT 'sender:' || s.id, s.rate, clock_timestamp() FROM senders s WHERE s.id = :sender_id
    ON CONFLICT (key) DO NOTHING
""")
"""A sender's budget, where it has none yet."""


class Budget(SQLModel, table=True):
    """A GCRA cell: `free_at` is when, on the database's clock, the segments granted so far have all left.

    `share` is what its rate was cut to at `slowed_at` (`models.throttle`); nothing is granted before
    `closed_until`, nothing but what is urgent before `urgent_until`, and no bulk before `reminders_until`.
    """

    __tablename__ = "budgets"

    key: str = Field(primary_key=True)
    rate: float
    free_at: datetime = moment(required=True)
    share: float = Field(default=1.0, sa_column_kwargs={"server_default": "1"})
    slowed_at: datetime | None = moment()
    closed_until: datetime | None = moment()
    urgent_until: datetime | None = moment()
    reminders_until: datetime | None = moment()
