"""The clinic's judge: a night without fault keeps every promise, each fault breaks the one that it is about."""

import csv
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.demo.clinic.evidence import ClinicEvidence, Deeds, Text, told
from cli.demo.clinic.night import BEGINS, CHANGES, ENDS, EVENING, LAST_CALL, SUNDAY, Tempo, at
from cli.demo.clinic.promises import CLINIC_PROMISES, judge_clinic
from cli.demo.clinic.visits import Turn, Visit, visits, write_calendar
from cli.demo.simulator import Heard, Request

TEXTS = {
    Text.EVENING: "Ada, we expect you on Sunday at {}. C confirms.",
    Text.LAST_CALL: "See you today at {}? C confirms.",
    Text.NOTICE: "Ada, your appointment at {} is cancelled.",
}
PACE = 1_000.0
MOVED, CALLED_OFF, CONFIRMS, STOPS, SILENT = (f"+1212555010{number}" for number in range(1, 6))
NINE = at(SUNDAY, 9)


def real(moment: datetime) -> float:
    """When the clinic's clock showed a moment, in seconds of CLOCK_MONOTONIC."""
    return (moment - BEGINS).total_seconds() / PACE


def business(moment: float) -> datetime:
    return BEGINS + timedelta(seconds=moment) * PACE


def visit(phone: str, turn: Turn = Turn.NONE, says: str | None = None) -> Visit:
    return Visit(f"V{phone[-3:]}", phone, "Ada", "Room 1", NINE, turn, says)


def sent(phone: str, text: Text, start: datetime, came: datetime) -> Request:
    return Request(1, phone, TEXTS[text].format(told(start)), "MG", real(came), "delivered")


def heard(phone: str, body: str, came: datetime) -> Heard:
    return Heard(1, phone, body, "STOP" if body == "STOP" else None, real(came), real(came) + 0.1)


def row(phone: str, rule: str, start: datetime, due: datetime, state: str = "delivered") -> dict[str, Any]:
    about = {"external_id": f"V{phone[-3:]}", "rule": rule, "occasion": "reminder", "state": state}
    return {**about, "starts_at": start.astimezone(UTC).isoformat(), "due_at": due.isoformat()}


SOON = timedelta(minutes=20)
TEN = NINE + timedelta(hours=1)
LATER = CHANGES + SOON


def faultless() -> ClinicEvidence:
    """Five people: one moved, one called off, one who confirms, one who says STOP, one who says nothing."""
    people = [MOVED, CALLED_OFF, CONFIRMS, STOPS, SILENT]
    calls = [
        sent(MOVED, Text.LAST_CALL, TEN, TEN - LAST_CALL + SOON),
        sent(SILENT, Text.LAST_CALL, NINE, NINE - LAST_CALL + SOON),
    ]
    requests = [
        *(sent(phone, Text.EVENING, NINE, EVENING + SOON) for phone in people),
        sent(MOVED, Text.EVENING, TEN, LATER),
        sent(CALLED_OFF, Text.NOTICE, NINE, LATER),
        *calls,
    ]
    states = {CALLED_OFF: "canceled", CONFIRMS: "confirmed"}
    return ClinicEvidence(
        visits=[
            visit(MOVED, Turn.MOVED_LATE),
            visit(CALLED_OFF, Turn.CANCELED_LATE),
            visit(CONFIRMS, says="C"),
            visit(STOPS, says="STOP"),
            visit(SILENT),
        ],
        deeds=Deeds(moved={MOVED: real(CHANGES)}, canceled={CALLED_OFF: real(CHANGES)}),
        requests=requests,
        heard=[heard(CONFIRMS, "C", EVENING + 2 * SOON), heard(STOPS, "STOP", EVENING + 2 * SOON)],
        appointments=[{"phone": phone, "state": states.get(phone, "booked")} for phone in people],
        reminders=[
            row(MOVED, "evening before", TEN, CHANGES + SOON),
            row(SILENT, "evening before", NINE, EVENING),
            row(SILENT, "last call", NINE, NINE - LAST_CALL),
            row(MOVED, "last call", NINE, EVENING - LAST_CALL, "obsolete"),
        ],
        reports=[{**dict.fromkeys(_FIGURES, 0), "unanswered": 7}, {**dict.fromkeys(_FIGURES, 0), "unanswered": 2}],
        business=business,
    )


_FIGURES = (
    *("confirmed", "reschedule_requested", "canceled", "moved", "unanswered", "told", "not_delivered"),
    *("expired", "waiting", "skipped"),
)


def without(text: Text, phone: str) -> Callable[[ClinicEvidence], ClinicEvidence]:
    def change(seen: ClinicEvidence) -> ClinicEvidence:
        kept = [each for each in seen.requests if not (each.to == phone and text in each.body)]
        return replace(seen, requests=kept)

    return change


def more(*requests: Request) -> Callable[[ClinicEvidence], ClinicEvidence]:
    return lambda seen: replace(seen, requests=[*seen.requests, *requests])


def due(rule: str, start: datetime, moment: datetime) -> Callable[[ClinicEvidence], ClinicEvidence]:
    return lambda seen: replace(seen, reminders=[row(SILENT, rule, start, moment)])


AN_HOUR = timedelta(hours=1)
FAULTS: list[tuple[str, Callable[[ClinicEvidence], ClinicEvidence], set[str]]] = [
    ("none", lambda seen: seen, set()),
    (
        "reminded after STOP",
        more(sent(STOPS, Text.LAST_CALL, NINE, NINE - LAST_CALL + SOON)),
        {"silence_after_stop", "report_is_true"},
    ),
    (
        "a STOP that was not taken",
        lambda seen: replace(seen, heard=[seen.heard[0], replace(seen.heard[1], answered=None)]),
        {"silence_after_stop", "nobody_forgotten"},
    ),
    ("twice", more(sent(SILENT, Text.EVENING, NINE, LATER)), {"never_twice", "report_is_true"}),
    (
        "of what is cancelled",
        more(sent(CALLED_OFF, Text.LAST_CALL, NINE, NINE - LAST_CALL + SOON)),
        {"never_for_what_is_over", "report_is_true"},
    ),
    (
        "of the old start",
        more(sent(MOVED, Text.LAST_CALL, NINE, NINE - LAST_CALL + SOON)),
        {"never_for_what_is_over", "report_is_true"},
    ),
    ("due an hour early", due("last call", NINE, NINE - LAST_CALL - AN_HOUR), {"never_early_or_late"}),
    ("due an hour late", due("evening before", NINE, EVENING + AN_HOUR), {"never_early_or_late"}),
    (
        "came before its time",
        lambda seen: more(sent(SILENT, Text.EVENING, NINE, EVENING - SOON))(without(Text.EVENING, SILENT)(seen)),
        {"never_early_or_late"},
    ),
    (
        "came when it had begun",
        lambda seen: more(sent(SILENT, Text.LAST_CALL, NINE, NINE + SOON))(without(Text.LAST_CALL, SILENT)(seen)),
        {"never_early_or_late"},
    ),
    ("forgotten in the evening", without(Text.EVENING, STOPS), {"nobody_forgotten", "report_is_true"}),
    ("no last call", without(Text.LAST_CALL, MOVED), {"nobody_forgotten", "report_is_true"}),
    ("no notice", without(Text.NOTICE, CALLED_OFF), {"nobody_forgotten", "report_is_true"}),
    (
        "an answer lost",
        lambda seen: replace(seen, appointments=[{**each, "state": "booked"} for each in seen.appointments]),
        {"answers_arrived"},
    ),
    ("wrong figures", lambda seen: replace(seen, reports=seen.reports[:1]), {"report_is_true"}),
]


@pytest.mark.parametrize(("fault", "broken"), [each[1:] for each in FAULTS], ids=[each[0] for each in FAULTS])
def test_each_fault_breaks_its_promise(
    fault: Callable[[ClinicEvidence], ClinicEvidence], broken: set[str]
) -> None:
    judged = judge_clinic(fault(faultless()))
    names = [promise.__name__ for promise in CLINIC_PROMISES]
    assert {name for name, promise in zip(names, judged, strict=True) if not promise.is_kept} == broken
    assert "+1" not in str([promise.broken for promise in judged])


def test_the_calendar_has_everything_in_it(tmp_path: Path) -> None:
    them = visits()
    assert them == visits()
    assert len({each.phone for each in them}) == len({each.external_id for each in them}) == 300
    assert set(Counter(each.turn for each in them)) == set(Turn)
    assert {each.says for each in them} >= {None, "C", "R", "X", "STOP"}
    assert max(each.last_start for each in them) - LAST_CALL < ENDS - timedelta(minutes=20)
    write_calendar(tmp_path / "c.csv", them, done=(Turn.MOVED_EARLY, Turn.CANCELED_EARLY))
    with (tmp_path / "c.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["starts_at"] == "2027-03-14T09:00"
    assert sum(each["state"] == "canceled" for each in rows) == 5


def test_the_night_has_an_hour_less() -> None:
    assert timedelta(hours=13, minutes=30) == ENDS - BEGINS


@pytest.mark.parametrize(("start_seconds", "pace"), [(10.0, 1_500.0), (20.0, 1_500.0), (60.0, 500.0)])
def test_a_slow_machine_has_more_time(start_seconds: float, pace: float) -> None:
    tempo = Tempo.after(start_seconds)
    assert tempo.pace == pace
    assert tempo.ready_in > start_seconds + 20.0
