"""Times as people give them to commands: a moment, or how long ago it was."""

import re
from datetime import UTC, datetime, timedelta

import typer

_AGO = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def read_moment(given: str, *, now: datetime) -> datetime:
    """A time such as 2026-03-02T15:00+01:00 (UTC without an offset), a day, or how long ago: 90s, 30m, 2h, 7d, 2w.

    Raises `typer.BadParameter` for anything else, and for a time to come.
    """
    ago = _AGO.fullmatch(given.strip().lower())
    try:
        moment = (
            now - timedelta(**{_UNITS[ago[2]]: float(ago[1])}) if ago else datetime.fromisoformat(given.strip())
        )
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        is_past = moment <= now
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f'"{given}" is no time; write it as 2026-03-02T15:00+01:00, or as how long ago: 30m, 2h, 7d.'
        ) from None
    if not is_past:
        raise typer.BadParameter(f'"{given}" is still to come.')
    return moment
