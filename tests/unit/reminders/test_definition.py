"""Reminder rules read from their file, and every mistake told with its place."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from messaging.reminders.definition import CalendarDays, CancellationNotice, Elapsed, ReminderRules, When
from models.reminders.definition import parse
from models.yaml_source import DefinitionError

GOOD = """\
rules:
  - name: evening before
    kinds: [Checkup, cleaning]
    when: 1 day before at 18:00
    text: 'Tomorrow at {{ appointment.time }} with {{ appointment.doctor }}, {{ first_name }}.'
    earliest: 08:00
    latest: 20:00
    on_cancel:
      text: 'Cancelled.'
  - name: soon
    kinds: [surgery]
    when: 3 hours before
    text: 'Soon.'
    only_if_unconfirmed: true
    minimum_notice: 90 minutes
    useful_for: 1 hour
    schedule_at_twilio: true
"""
EXAMPLE = Path(__file__).parents[3] / "examples" / "reminders.yaml"


def read(text: str) -> ReminderRules:
    written = parse(text, where="rules.yaml")
    written.check(["loyalty"], ["doctor"])
    return written.rules


def test_rules() -> None:
    evening, soon = read(GOOD).rules.values()
    assert (evening.name, evening.when) == ("evening before", CalendarDays(1, time(18)))
    assert evening.kinds == {"checkup", "cleaning"}
    assert (evening.earliest, evening.latest) == (time(8), time(20))
    assert evening.on_cancel == CancellationNotice("Cancelled.", only_if_reminded=True)
    assert (evening.only_if_unconfirmed, evening.schedule_at_twilio, evening.channel) == (False, False, "sms")
    assert (soon.when, soon.only_if_unconfirmed) == (Elapsed(timedelta(hours=3)), True)
    assert (soon.minimum_notice, soon.useful_for) == (timedelta(minutes=90), timedelta(hours=1))
    assert soon.schedule_at_twilio


@pytest.mark.parametrize(("kind", "names"), [("CHECKUP", ["evening before"]), ("surgery", ["soon"]), ("x", [])])
def test_rules_are_for_kinds(kind: str, names: list[str]) -> None:
    assert [rule.name for rule in read(GOOD).for_kind(kind)] == names


def test_the_example_is_right_for_any_organization() -> None:
    written = parse(EXAMPLE.read_text(), where="reminders.yaml")
    written.check([], [])
    assert len(written.rules.rules) == 2


def test_no_rules_are_rules_too() -> None:
    assert read("rules: []").rules == {}


WHEN: list[tuple[str, When]] = [
    ("24 hours before", Elapsed(timedelta(hours=24))),
    ("24h", Elapsed(timedelta(hours=24))),
    ("1 hour", Elapsed(timedelta(hours=1))),
    ("90 min before", Elapsed(timedelta(minutes=90))),
    ("3 Days before", CalendarDays(3)),
    ("3d", CalendarDays(3)),
    ("2 weeks before at 9:30", CalendarDays(14, time(9, 30))),
    ("on the day at 07:30", CalendarDays(0, time(7, 30))),
]


@pytest.mark.parametrize(("written", "when"), WHEN)
def test_when(written: str, when: When) -> None:
    rule = read(f"rules: [{{name: a, when: {written}, text: Hi}}]").rules["a"]
    assert rule.when == when


MISTAKES = {
    # name: (what stands in the good file, what is written for it, line, column, what is said)
    "an unknown key": ("kinds: [surgery]", "kind: surgery", 11, 5, 'no key "kind"; did you mean "kinds"?'),
    "no text": ("    text: 'Soon.'\n", "", 10, 5, '"text" is missing; add it'),
    "no rules": (GOOD, "answers: {}", 1, 1, '"rules" is missing; add it'),
    "two of one name": ("name: soon", "name: evening before", 10, 5, 'two rules called "evening before"'),
    "a name with a slash": ("name: soon", "name: a/b", 10, 11, "60 characters and no /"),
    "no moment": ("3 hours before", "tomorrow", 12, 11, '"tomorrow" is no moment before a start; write it as'),
    "after the start": ("3 hours before", "3 hours after", 12, 11, '"3 hours after" is no moment'),
    "at the start": ("3 hours before", "0 hours before", 12, 11, "when must be before the start"),
    "years before": ("3 hours before", "60 weeks before", 12, 11, "at most 366 days"),
    "no time of day": ("at 18:00", "at 25:00", 4, 11, '"25:00" is no time of day; write it as 18:00'),
    "hours at a time of day": (
        "3 hours before",
        "3 hours before at 18:00",
        12,
        11,
        "only days have a time of day",
    ),
    "one hour of two": ("    latest: 20:00\n", "", 6, 15, "earliest needs latest beside it; add it"),
    "hours that never are": ("latest: 20:00", "latest: 07:00", 7, 13, "latest must not be before earliest"),
    "a notice too long": ("90 minutes", "3 hours", 15, 21, "minimum_notice must be less than what `when` says"),
    "a use of nothing": ("useful_for: 1 hour", "useful_for: 0 hours", 16, 17, "must be more than nothing"),
    "no duration": ("useful_for: 1 hour", "useful_for: 1 day", 16, 17, "write it as 90 minutes or 2 hours"),
    "another channel": (
        "schedule_at_twilio: true",
        "channel: whatsapp",
        17,
        14,
        "by sms only so far, not by",
    ),
    "no truth": ("only_if_unconfirmed: true", "only_if_unconfirmed: 1", 14, 26, "must be true or false"),
    "an unknown variable": ("appointment.doctor", "appointment.docter", 5, 55, 'mean "appointment.doctor"?'),
    "an unknown field": ("appointment.time", "appointment.tme", 5, 27, 'did you mean "appointment.time"?'),
    "inside a field": ("{{ first_name }}", "{{ first_name.x }}", 5, 81, '"first_name.x" looks inside'),
    "the whole appointment": ("appointment.time", "appointment", 5, 27, 'there is no variable "appointment"'),
    "a notice without text": (
        "      text: 'Cancelled.'",
        "      only_if_reminded: true",
        9,
        7,
        '"text" is missing',
    ),
    "two notices": (
        "kinds: [surgery]",
        "on_cancel: {text: No}",
        10,
        5,
        '"soon" and "evening before" both have on_cancel for the same appointments',
    ),
}


@pytest.mark.parametrize("case", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_place(case: tuple[str, str, int, int, str]) -> None:
    stands, written, line, column, said = case
    assert stands in GOOD
    with pytest.raises(DefinitionError) as refused:
        read(GOOD.replace(stands, written, 1))
    assert said in str(refused.value)
    assert (refused.value.line, refused.value.column) == (line, column)
