"""The header by which a server says when to come again."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def seconds_to_wait(retry_after: str, *, now: datetime) -> float | None:
    """Seconds, from a number of them or from a date and time (RFC 9110, 10.2.3); None for anything else."""
    given = retry_after.strip()
    if given.isascii() and given.isdecimal():
        return float(given)
    try:
        moment = parsedate_to_datetime(given)
    except ValueError:
        return None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (zoned - now).total_seconds())
