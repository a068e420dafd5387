"""The clinic's promises, judged by an own reading of its rules, the simulator's log and what the API tells."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cli.demo.clinic.evidence import ClinicEvidence, Reminded, Text, told
from cli.demo.clinic.night import CHANGES, EVENING, LAST_CALL
from cli.demo.clinic.visits import Turn, Visit
from cli.demo.evidence import STOP
from cli.demo.promises import GRACE_SECONDS, Promise
from messaging.phones import mask

_SOON = timedelta(hours=3)
"""How long after ten o'clock, by its fast clock, the newer calendar may take to be read."""

_STATES = {
    **dict.fromkeys(("C", "yes", "1"), "confirmed"),
    **dict.fromkeys(("R", "2"), "reschedule_requested"),
    "X": "canceled",
}
_SENT = ("confirmed", "reschedule_requested", "canceled", "moved", "unanswered", "told", "not_delivered")


def judge_clinic(evidence: ClinicEvidence) -> list[Promise]:
    """Every promise, in the order of their weight."""
    return [promise(evidence) for promise in CLINIC_PROMISES]


def silence_after_stop(evidence: ClinicEvidence) -> Promise:
    """No message to anybody begins more than a second after their STOP was taken."""
    stops = [heard for heard in evidence.heard if heard.keyword == STOP]
    broken = [f"The STOP of {mask(stop.person)} was not taken." for stop in stops if stop.answered is None]
    broken += [
        f"{mask(each.phone)} was reminded after STOP."
        for each in evidence.messages
        if _is_after(each, evidence.silent_since(each.phone))
    ]
    return Promise("No patient was reminded after saying STOP", f"{len(stops)} STOPs", broken)


def never_twice(evidence: ClinicEvidence) -> Promise:
    """Each text about a start once."""
    seen = Counter((each.phone, each.text, each.time) for each in evidence.messages)
    broken = [
        f"{mask(phone)} got the text of {at} {times} times." for (phone, _, at), times in seen.items() if times > 1
    ]
    return Promise("No reminder came twice", f"{seen.total()} messages", broken)


def never_for_what_is_over(evidence: ClinicEvidence) -> Promise:
    """Nothing about a start that was moved a second before, or about a cancelled appointment, but the notice."""
    broken = []
    for each in evidence.messages:
        visit, deeds = evidence.by_phone[each.phone], evidence.deeds
        if each.text is not Text.NOTICE and _is_after(each, deeds.canceled.get(each.phone)):
            broken.append(f"{mask(each.phone)} was reminded of a cancelled appointment.")
        old = each.time == told(visit.start) != told(visit.last_start)
        if old and _is_after(each, deeds.moved.get(each.phone)):
            broken.append(f"{mask(each.phone)} was reminded of {each.time}, from which it was moved.")
    figures = f"{len(evidence.deeds.moved)} moved, {len(evidence.deeds.canceled)} cancelled"
    return Promise("None came for a cancelled appointment or an old start", figures, broken)


def never_early_or_late(evidence: ClinicEvidence) -> Promise:
    """Each is due when an own calendar says, to the minute, and comes from then on, before the start."""
    broken = [
        f"{row['external_id']} is to be reminded at {row['due_at']}."
        for row in evidence.reminders
        if row["occasion"] == "reminder" and row["state"] != "obsolete" and not _is_right(evidence, row)
    ]
    for each in evidence.messages:
        visit, came = evidence.by_phone[each.phone], evidence.business(each.began)
        start = visit.start if each.time == told(visit.start) else visit.last_start
        if each.text is not Text.NOTICE and not _due(each.text, start) <= came < start:
            broken.append(f"{mask(each.phone)} was reminded of {each.time} at {came.isoformat()}.")
    figures = "at 20:00 EST and three hours before, EDT"
    return Promise("All came in their time, in the night of the clock change", figures, broken)


def nobody_forgotten(evidence: ClinicEvidence) -> Promise:
    """Everyone who was to be reminded was; those who had confirmed, cancelled or said STOP need not be."""
    got = {(each.phone, each.text, each.time) for each in evidence.messages}
    broken = [
        f"{mask(phone)} did not get the text of {at}."
        for phone, text, at in _expected(evidence)
        if (phone, text, at) not in got
    ]
    return Promise("Everyone else was reminded", f"{len(evidence.by_phone)} patients", broken)


def answers_arrived(evidence: ClinicEvidence) -> Promise:
    """Each appointment is as its person said, or as it was left."""
    states = {row["phone"]: row["state"] for row in evidence.appointments}
    broken = []
    for visit in evidence.visits:
        heard = evidence.answered.get(visit.phone)
        said = _STATES.get(heard.body, "booked") if heard else "booked"
        expected = "canceled" if visit.phone in evidence.deeds.canceled else said
        if states[visit.phone] != expected:
            broken.append(f"{visit.external_id} is {states[visit.phone]}, and should be {expected}.")
    count = Counter(states.values())
    asked = count["reschedule_requested"]
    figures = f"{count['confirmed']} confirmed, {asked} another time, {count['canceled']} cancelled"
    return Promise("Every answer found its appointment", figures, broken)


def report_is_true(evidence: ClinicEvidence) -> Promise:
    """The figures of both days are as many as the simulated Twilio took."""
    said = sum(report[name] for report in evidence.reports for name in _SENT)
    late = sum(report["expired"] for report in evidence.reports)
    broken = [f"It says {said}, the simulator {len(evidence.messages)}."] if said != len(evidence.messages) else []
    return Promise("The reports of the days say what was sent", f"{said} sent, {late} too late", broken)


CLINIC_PROMISES: tuple[Callable[[ClinicEvidence], Promise], ...] = (
    silence_after_stop,
    never_twice,
    never_for_what_is_over,
    never_early_or_late,
    nobody_forgotten,
    answers_arrived,
    report_is_true,
)


def _expected(evidence: ClinicEvidence) -> Iterator[tuple[str, Text, str]]:
    """Who is to get which text about which time, by what was said and done before it was due."""
    for visit in evidence.visits:
        first = visit.last_start if visit.turn is Turn.MOVED_EARLY else visit.start
        if visit.turn is Turn.CANCELED_EARLY:
            continue
        yield visit.phone, Text.EVENING, told(first)
        if visit.turn is Turn.MOVED_LATE:
            yield visit.phone, Text.EVENING, told(visit.last_start)
        if visit.turn is Turn.CANCELED_LATE:
            yield visit.phone, Text.NOTICE, told(visit.start)
        elif not _is_settled(evidence, visit):
            yield visit.phone, Text.LAST_CALL, told(visit.last_start)


def _is_settled(evidence: ClinicEvidence, visit: Visit) -> bool:
    heard = evidence.answered.get(visit.phone)
    return heard is not None and (heard.keyword == STOP or _STATES.get(heard.body) in ("confirmed", "canceled"))


def _is_after(message: Reminded, moment: float | None) -> bool:
    return moment is not None and message.began > moment + GRACE_SECONDS


def _is_right(evidence: ClinicEvidence, row: Mapping[str, Any]) -> bool:
    """Whose start came after the evening's hour is reminded as soon as it came."""
    due = datetime.fromisoformat(row["due_at"])
    visit = next(each for each in evidence.visits if each.external_id == row["external_id"])
    start = datetime.fromisoformat(row["starts_at"])
    if row["rule"] == "last call":
        return due == _due(Text.LAST_CALL, start)
    moved = visit.turn is Turn.MOVED_LATE and start == visit.last_start
    return CHANGES <= due < CHANGES + _SOON if moved else due == EVENING


def _due(text: Text, start: datetime) -> datetime:
    return EVENING if text is Text.EVENING else (start.astimezone(UTC) - LAST_CALL)
