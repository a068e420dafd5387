"""What an appointment wants its person to be told, by the rules, as it stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tests.reminders_week import moments
from tests.reminders_week.rules import Rule
from tests.reminders_week.steps import Appointment

Key = tuple[str, str, datetime]
"""The appointment, how the text begins, and the start that it is about: what must not come twice."""


@dataclass(frozen=True)
class Wish:
    """One message: due then, and of no use from `until` on."""

    rule: Rule
    its: Appointment
    due: datetime
    until: datetime
    is_notice: bool = False

    @property
    def key(self) -> Key:
        """See `Key`."""
        return self.its.name, self.label, self.its.starts_at

    @property
    def label(self) -> str:
        """How its text begins."""
        return f"notice of {self.rule.name}" if self.is_notice else self.rule.name

    @property
    def body(self) -> str:
        """What the person reads."""
        return f"{self.label}|{self.its.name}|{moments.words(self.its.starts_at, self.its.zone)}"


def fitting(rules: Sequence[Rule], its: Appointment) -> list[Rule]:
    """The rules for appointments of its kind."""
    return [rule for rule in rules if not rule.kinds or its.kind in rule.kinds]


def reminders(its: Appointment, rules: Sequence[Rule], *, since: datetime, is_confirmed: bool) -> Iterator[Wish]:
    """Every reminder of it that is of use when it comes; it has been as it is `since` then.

    One whose moment had passed by then comes at once, or in the next allowed hour. A reminder is of use until the
    next one of the appointment, if its rule says nothing else.
    """
    dues = {rule: due for rule in fitting(rules, its) if (due := moments.due(rule, its.starts_at, its.zone))}
    order = sorted(dues, key=lambda rule: (dues[rule], moments.wished(rule, its.starts_at, its.zone)))
    for place, rule in enumerate(order):
        ends = [its.starts_at - rule.minimum_notice]
        ends += [dues[rule] + rule.useful_for] if rule.useful_for else [dues[it] for it in order[place + 1 :][:1]]
        due = dues[rule] if dues[rule] >= since else moments.allowed_from(rule, its.zone, since)
        if due < min(ends) and not (rule.only_if_unconfirmed and is_confirmed):
            yield Wish(rule, its, due, min(ends))


def notices(its: Appointment, rules: Sequence[Rule], *, now: datetime, was_reminded: bool) -> Iterator[Wish]:
    """What is said when it is cancelled now, by somebody else than the person."""
    for rule in fitting(rules, its):
        if rule.notice == "always" or (rule.notice and was_reminded):
            due = moments.allowed_from(rule, its.zone, now)
            if due < its.starts_at:
                yield Wish(rule, its, due, its.starts_at, is_notice=True)
