"""When a reminder that Twilio keeps until its hour is handed over."""

from datetime import datetime, timedelta

FURTHEST = timedelta(days=35) - timedelta(hours=12)
"""How far ahead Twilio takes a message, 35 days, less what a pause or an outage of ours may take."""

NEAREST = timedelta(minutes=10)
"""What is due sooner is kept by us: Twilio wants 5 minutes at least, and a request may wait its turn."""


def takes(due_at: datetime, *, now: datetime) -> bool:
    """Whether what is due then is worth handing over: it is not too near. It may be too far yet."""
    return due_at - now >= NEAREST


def plan_at(due_at: datetime, *, now: datetime) -> datetime:
    """When the message is made: as early as Twilio takes it, or at `due_at` where we keep it ourselves."""
    return due_at - FURTHEST if takes(due_at, now=now) else due_at
