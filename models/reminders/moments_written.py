"""Moments and times as people write them in rules: `1 day before at 18:00`, `2 hours`, `08:00`.

Every function raises `DefinitionError`.
"""

import re
from datetime import time, timedelta

from ruamel.yaml.nodes import Node, ScalarNode

from messaging.reminders.definition import CalendarDays, Elapsed, When
from models.yaml_source import YamlSource

_BEFORE = re.compile(
    r"(\d{1,4})\s*(minutes?|min|m|hours?|h|days?|d|weeks?|w)(?:\s+before)?(?:\s+at\s+(\S+))?", re.IGNORECASE
)
_SAME_DAY = re.compile(r"(?:on\s+)?the\s+(?:same\s+)?day\s+at\s+(\S+)", re.IGNORECASE)
_DURATION = re.compile(r"(\d{1,4})\s*(minutes?|min|m|hours?|h)", re.IGNORECASE)
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_DAYS = {"d": 1, "w": 7}
_MINUTES = {"m": 1, "h": 60}
_FURTHEST_DAYS = 366

_ADVICE = "write it as 24 hours before, 3 days before, 1 day before at 18:00 or on the day at 07:30"


def read_when(source: YamlSource, node: Node) -> When:
    """How long before the start: minutes and hours of a stopwatch, or days of the calendar."""
    written = _written(source, node, "when")
    if same_day := _SAME_DAY.fullmatch(written):
        return CalendarDays(0, _clock_of(source, node, same_day[1]))
    found = _BEFORE.fullmatch(written)
    if found is None:
        raise source.refuse(node, f'"{written}" is no moment before a start; {_ADVICE}')
    when = _when(source, node, int(found[1]), found[2][0].lower(), found[3])
    if not timedelta() < _length(when) <= timedelta(days=_FURTHEST_DAYS):
        raise source.refuse(node, f"when must be before the start, and at most {_FURTHEST_DAYS} days")
    return when


def _when(source: YamlSource, node: Node, count: int, unit: str, clock: str | None) -> When:
    if unit in _DAYS:
        return CalendarDays(count * _DAYS[unit], _clock_of(source, node, clock) if clock else None)
    if clock:
        raise source.refuse(node, "only days have a time of day; write 1 day before at 18:00")
    return Elapsed(timedelta(minutes=count * _MINUTES[unit]))


def _length(when: When) -> timedelta:
    return when.before if isinstance(when, Elapsed) else timedelta(days=when.days)


def read_duration(source: YamlSource, node: Node, name: str) -> timedelta:
    """Minutes or hours."""
    written = _written(source, node, name)
    found = _DURATION.fullmatch(written)
    if found is None:
        raise source.refuse(node, f'{name} cannot be "{written}"; write it as 90 minutes or 2 hours')
    return timedelta(minutes=int(found[1]) * _MINUTES[found[2][0].lower()])


def read_clock(source: YamlSource, node: Node, name: str) -> time:
    """A time of day."""
    return _clock_of(source, node, _written(source, node, name))


def _clock_of(source: YamlSource, node: Node, written: str) -> time:
    found = _CLOCK.fullmatch(written)
    if found is None:
        raise source.refuse(node, f'"{written}" is no time of day; write it as 18:00')
    return time(int(found[1]), int(found[2]))


def _written(source: YamlSource, node: Node, name: str) -> str:
    """A scalar as it stands there: YAML may take 24 or 08:00 for something else than a text."""
    if not isinstance(node, ScalarNode):
        return source.text_of(node, name)
    return str(node.value).strip()
