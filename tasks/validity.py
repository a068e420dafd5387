"""How long Twilio may keep a message in its queue: not past its end, nor past the hours of its person's day."""

from datetime import datetime, timedelta

from models.messages.judging import ClaimedMessage

MAX_VALIDITY_SECONDS = 36_000
"""Twilio's own limit and default of ValidityPeriod (Messages resource)."""


def validity_seconds(message: ClaimedMessage, *, now: datetime, request_seconds: float) -> int | None:
    """Seconds for ValidityPeriod, counted from a request that begins now; None when Twilio's default is shorter.

    A request may reach Twilio as late as its time limit, and the hours must not be over even then.
    """
    ends = [message.send_before]
    if message.allowed_until is not None:
        ends.append(message.allowed_until - timedelta(seconds=request_seconds))
    left = min((int((end - now).total_seconds()) for end in ends if end is not None), default=MAX_VALIDITY_SECONDS)
    return max(left, 1) if left < MAX_VALIDITY_SECONDS else None
