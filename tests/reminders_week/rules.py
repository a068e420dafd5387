"""The clinic's reminder rules, as the oracle knows them, and as they are written for the product."""

from dataclasses import dataclass
from datetime import timedelta

WORDS = "{{ appointment.external_id }}|{{ appointment.weekday }} {{ appointment.date }} {{ appointment.time }}"
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Rule:
    """Either `before` the start by a stopwatch, or `days` of the calendar before it, `at` a time or at its own.

    `notice` is said when an appointment is cancelled: always, if reminded, or never ("").
    """

    name: str
    kinds: tuple[str, ...] = ()
    before: timedelta | None = None
    days: int = 0
    at: str = ""
    only_if_unconfirmed: bool = False
    hours: tuple[str, ...] = ()
    minimum_notice: timedelta = timedelta()
    useful_for: timedelta | None = None
    at_twilio: bool = False
    notice: str = ""

    @property
    def written(self) -> str:
        """The rule in the product's YAML."""
        keys = {
            "kinds": f"[{', '.join(self.kinds)}]" if self.kinds else "",
            "only_if_unconfirmed": "true" if self.only_if_unconfirmed else "",
            "earliest": self.hours[0] if self.hours else "",
            "latest": self.hours[1] if self.hours else "",
            "minimum_notice": _minutes(self.minimum_notice),
            "useful_for": _minutes(self.useful_for or timedelta()),
            "schedule_at_twilio": "true" if self.at_twilio else "",
        }
        lines = [f"  - name: {self.name}", f"    when: {self._when}", f"    text: '{self.name}|{WORDS}'"]
        lines += [f"    {key}: {value}" for key, value in keys.items() if value]
        if self.notice:
            only = "true" if self.notice == "if reminded" else "false"
            lines += ["    on_cancel:", f"      text: 'notice of {self.name}|{WORDS}'"]
            lines += [f"      only_if_reminded: {only}"]
        return "\n".join(lines)

    @property
    def _when(self) -> str:
        if self.before is not None:
            return f"{_minutes(self.before)} before"
        if not self.days:
            return f"on the day at {self.at}"
        return f"{self.days} days before" + (f" at {self.at}" if self.at else "")


RULES = (
    Rule("three days", kinds=("checkup", "surgery"), days=3),
    Rule("a day", kinds=("checkup",), before=24 * HOUR, notice="if reminded"),
    Rule("evening", kinds=("cleaning", "surgery"), days=1, at="18:00", hours=("09:00", "18:30"), notice="always"),
    Rule(
        "last call",
        kinds=("checkup", "cleaning"),
        before=2 * HOUR,
        only_if_unconfirmed=True,
        hours=("08:00", "20:00"),
        minimum_notice=HOUR / 2,
    ),
    Rule("night before", kinds=("shift",), days=1, at="02:30", only_if_unconfirmed=True),
    Rule("on the day", kinds=("shift",), at="02:10", useful_for=HOUR, notice="if reminded"),
    Rule("soon", kinds=("shift",), before=HOUR * 1.5, hours=("21:00", "23:40"), useful_for=3 * HOUR),
    Rule("kept", kinds=("lab",), days=2, at="09:00", at_twilio=True, notice="if reminded"),
    Rule("also kept", kinds=("lab",), before=6 * HOUR, at_twilio=True, minimum_notice=HOUR),
    Rule("short", kinds=("lab",), before=HOUR * 0.75, only_if_unconfirmed=True, useful_for=HOUR / 3),
)


X_CANCELS = ("checkup", "cleaning", "shift", "lab")
"""The kinds that a person may cancel by an answer."""


def written(rules: tuple[Rule, ...] = RULES) -> str:
    """All of them, and what people may answer."""
    answers = f"answers:\n  cancel: [{', '.join(X_CANCELS)}]\n"
    return "rules:\n" + "\n".join(rule.written for rule in rules) + "\n" + answers


def _minutes(length: timedelta) -> str:
    return f"{length // timedelta(minutes=1)} minutes" if length else ""
