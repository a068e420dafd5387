"""When Twilio may be asked to keep a message until its time (`SendAt`), and when we keep it ourselves.

Twilio keeps from 5 minutes to 35 days ahead, as its dictionary of errors says since April 2026 (35114); its guide
said 15 minutes before. What it refuses to keep, for that or another reason, is kept here, which serves as well.
https://www.twilio.com/docs/messaging/features/message-scheduling
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LEAST_AHEAD: Final = timedelta(minutes=7)
"""Twilio's 5 minutes, and two for clocks that differ and a request that takes its time.

It is also more than the minute within which whatever is no longer wanted is canceled at Twilio.
"""

MOST_AHEAD: Final = timedelta(days=34, hours=23)
"""Twilio's 35 days, less an hour for clocks that differ."""


def hand_over_at(send_at: datetime) -> datetime:
    """The earliest moment at which Twilio takes a message that it is to send at `send_at`."""
    return send_at - MOST_AHEAD


def can_keep(send_at: datetime, *, now: datetime) -> bool:
    """Whether Twilio can be asked at `now` to send at `send_at`."""
    return LEAST_AHEAD <= send_at - now <= MOST_AHEAD


@dataclass(frozen=True, slots=True)
class Departure:
    """When a message may leave us, and when Twilio is to send it; None where it is sent as it leaves."""

    send_after: datetime
    send_at_twilio: datetime | None = None

    @classmethod
    def handed_over(cls, send_at: datetime, *, now: datetime) -> "Departure":
        """To Twilio as early as it takes what it is to send at `send_at`; what is too near waits here."""
        if send_at - now < LEAST_AHEAD:
            return cls(send_at)
        return cls(max(now, hand_over_at(send_at)), send_at)
