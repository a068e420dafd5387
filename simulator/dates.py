"""Dates as Twilio writes and reads them."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import formatdate, parsedate_to_datetime


def now() -> float:
    """Seconds since 1970, UTC."""
    return time.time()


def rfc2822(moment: float | None) -> str | None:
    """`Fri, 24 May 2019 17:44:46 +0000`, to the whole second; None stays None."""
    return None if moment is None else formatdate(moment).replace("-0000", "+0000")


def parse_moment(text: str) -> datetime:
    """An ISO 8601 or RFC 2822 moment in UTC. Raises `ValueError` for anything else."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        moment = parsedate_to_datetime(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def bounds(text: str) -> tuple[float, float]:
    """First and last second that a filter value covers: a whole day for a date, one second for a moment."""
    start = parse_moment(text)
    length = timedelta(days=1) if len(text.strip()) == len("2008-01-02") else timedelta(seconds=1)
    return start.timestamp(), (start + length).timestamp() - 1
