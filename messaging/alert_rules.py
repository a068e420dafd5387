"""When so many messages fail, or so many people opt out, that someone should look."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class AlertKind(StrEnum):
    """The two rates that are watched."""

    FAILURES = "failures"
    OPT_OUTS = "opt_outs"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """Of at least `minimum` messages that ended within the window, a share (0 to 1) at which an alert is raised.

    `pause`: whether a campaign is paused by it.
    """

    failure_rate: float
    opt_out_rate: float
    minimum: int
    window_seconds: float
    pause: bool

    def changed_by(self, own: Mapping[str, Any]) -> "AlertRule":
        """The rule of a campaign that has some values of its own (`alerts` in its file)."""
        return AlertRule(
            failure_rate=own.get("failure_rate", self.failure_rate),
            opt_out_rate=own.get("opt_out_rate", self.opt_out_rate),
            minimum=own.get("minimum", self.minimum),
            window_seconds=60.0 * own["window_minutes"] if "window_minutes" in own else self.window_seconds,
            pause=own.get("pause", self.pause),
        )

    def threshold(self, kind: AlertKind) -> float:
        """The share at which this kind is raised."""
        return self.failure_rate if kind is AlertKind.FAILURES else self.opt_out_rate


@dataclass(frozen=True, slots=True)
class Ended:
    """Messages that ended within the window: how many failed, and whose recipients have opted out since."""

    total: int
    failures: int
    opt_outs: int

    def __add__(self, other: "Ended") -> "Ended":
        return Ended(self.total + other.total, self.failures + other.failures, self.opt_outs + other.opt_outs)

    def counted(self, kind: AlertKind) -> int:
        """The messages that this kind of alert is about."""
        return self.failures if kind is AlertKind.FAILURES else self.opt_outs


NOTHING = Ended(0, 0, 0)


def too_many(ended: Ended, rule: AlertRule) -> list[AlertKind]:
    """The rates that are at or above their thresholds; none while too few messages have ended."""
    if ended.total < rule.minimum:
        return []
    return [kind for kind in AlertKind if ended.counted(kind) >= rule.threshold(kind) * ended.total]


_SAID = {
    AlertKind.FAILURES: "{counted:,} of {total:,} messages that ended within {minutes:g} min failed ({rate:.1%})",
    AlertKind.OPT_OUTS: (
        "{counted:,} of {total:,} people whose message came within {minutes:g} min have opted out ({rate:.1%})"
    ),
}


def sentence(kind: AlertKind, *, counted: int, total: int, threshold: float, window_seconds: float) -> str:
    """For people: what was seen, and from where on it is told."""
    said = _SAID[kind].format(counted=counted, total=total, minutes=window_seconds / 60, rate=counted / total)
    return f"{said}; an alert is raised at {threshold:.1%}."
