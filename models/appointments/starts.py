"""When an appointment starts, as calendars write it: an instant, or a local time that exists exactly once."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from models.imports.faults import Fault

_FIRST_YEAR, _LAST_YEAR = 2000, 2200
_DATE_ONLY = len("2026-03-08")


def read_start(raw: str, zone: str | None) -> datetime | Fault:
    """An ISO 8601 time in UTC; one without an offset is local in `zone` (IANA).

    Refused is what could mean two instants or none: a date alone, a time without a zone, a local time that the
    clock skips or shows twice where daylight-saving time begins or ends.
    """
    try:
        read = datetime.fromisoformat(raw)
    except ValueError:
        return Fault("start_unreadable", "This is no time such as 2026-03-09T14:30; write it so.", raw)
    if len(raw) <= _DATE_ONLY:
        return Fault("start_without_time", "This names a day but no time; write it as 2026-03-09T14:30.", raw)
    if not _FIRST_YEAR <= read.year < _LAST_YEAR:
        return Fault("start_implausible", f"This is not between {_FIRST_YEAR} and {_LAST_YEAR}.", raw)
    if read.tzinfo is not None:
        return read.astimezone(UTC)
    if zone is None:
        reason = "This time names no zone; add a column timezone, an offset, or name one (--timezone)."
        return Fault("start_without_zone", reason, raw)
    return _instant(read, zone, raw)


def _instant(local: datetime, zone: str, raw: str) -> datetime | Fault:
    place = ZoneInfo(zone)
    first, second = (local.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    if first.astimezone(place).replace(tzinfo=None) != local:
        reason = f"The clocks in {zone} skip this time; correct it, or add the offset."
        return Fault("start_skipped", reason, raw)
    reason = f"The clocks in {zone} show this time twice; add the offset, such as {first.astimezone(place):%z}."
    return Fault("start_twice", reason, raw)
