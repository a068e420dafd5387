"""When a reminder that Twilio keeps until its hour is handed over."""

from datetime import datetime

from messaging.scheduling import LEAST_AHEAD, hand_over_at


def takes(due_at: datetime, *, now: datetime) -> bool:
    """Whether what is due then is worth handing over: it is not too near. It may be too far yet."""
    return due_at - now >= LEAST_AHEAD


def plan_at(due_at: datetime, *, now: datetime) -> datetime:
    """When the message is made: as early as Twilio takes it, or at `due_at` where we keep it ourselves."""
    return hand_over_at(due_at) if takes(due_at, now=now) else due_at
