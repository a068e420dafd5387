"""Instants of local times, also of those that a clock skips or shows twice."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from messaging.quiet_hours.spans import offset_change


def instant_of(local: datetime, zone: ZoneInfo) -> datetime:
    """The first instant (UTC) at which the zone's clock shows this naive time; where it is skipped, the next."""
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == local:
        return first
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return offset_change(zone, before, first)
