"""When a file says that an appointment starts: one instant, or a refusal that says why."""

from datetime import UTC, datetime

import pytest

from models.appointments.starts import read_start
from models.imports.faults import Fault

NEW_YORK, LONDON, KATHMANDU, LORD_HOWE = (
    "America/New_York",
    "Europe/London",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
)

READ = [
    ("winter", "2026-03-07T14:30", NEW_YORK, "2026-03-07T19:30"),
    ("the same hour after the clocks went forward", "2026-03-09T14:30", NEW_YORK, "2026-03-09T18:30"),
    ("a blank for the T", "2026-03-09 14:30:00", NEW_YORK, "2026-03-09T18:30"),
    ("an offset outweighs the zone", "2026-03-09T14:30+01:00", NEW_YORK, "2026-03-09T13:30"),
    ("UTC, and no zone", "2026-03-09T14:30Z", None, "2026-03-09T14:30"),
    ("29 February", "2028-02-29T08:00", LONDON, "2028-02-29T08:00"),
    ("a zone of quarter hours", "2026-03-09T09:00", KATHMANDU, "2026-03-09T03:15"),
    ("a zone that shifts by half an hour", "2026-07-01T09:00", LORD_HOWE, "2026-06-30T22:30"),
    ("the second of a double hour, by its offset", "2026-11-01T01:30-05:00", NEW_YORK, "2026-11-01T06:30"),
]


@pytest.mark.parametrize(("raw", "zone", "expected"), [each[1:] for each in READ], ids=[each[0] for each in READ])
def test_a_start_is_one_instant(raw: str, zone: str | None, expected: str) -> None:
    assert read_start(raw, zone) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


REFUSED = [
    ("an hour that the clock skips", "2026-03-08T02:30", NEW_YORK, "start_skipped"),
    ("an hour that comes twice", "2026-11-01T01:30", NEW_YORK, "start_twice"),
    ("half an hour that is skipped", "2026-10-04T02:15", LORD_HOWE, "start_skipped"),
    ("half an hour that comes twice", "2026-04-05T01:45", LORD_HOWE, "start_twice"),
    ("no zone anywhere", "2026-03-09T14:30", None, "start_without_zone"),
    ("a day only", "2026-03-09", NEW_YORK, "start_without_time"),
    ("a day that is none", "2027-02-29T09:00", NEW_YORK, "start_unreadable"),
    ("another way of writing", "9/3/2026 2:30 pm", NEW_YORK, "start_unreadable"),
    ("nobody's calendar", "1026-03-09T14:30", NEW_YORK, "start_implausible"),
]


@pytest.mark.parametrize(
    ("raw", "zone", "code"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED]
)
def test_a_start_that_could_be_misread_is_refused(raw: str, zone: str | None, code: str) -> None:
    fault = read_start(raw, zone)
    assert isinstance(fault, Fault)
    assert (fault.code, fault.value) == (code, raw)
