"""A calendar's file: what becomes of its rows, of the same file again, and of those that are gone from it."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.import_rules import AppointmentRules
from models.imports.faults import ImportRefused
from models.rights.suppressed import hasher_of
from tests.integration.appointments.calendar import NOW, START, ZONE, changed, row, story
from tests.integration.appointments.filed import import_text

HEADER = "external_id,phone,name,starts_at,kind,place,state,doctor\n"
FIRST = "A-1,+1 212 555 0123,Ada Lovelace,2026-03-09T10:30,checkup,Room 2,,Reyes\n"
SECOND = "A-2,+12125550124,,2026-03-10T09:00,,,,\n"
THIRD = "A-3,+12125550124,,2026-03-11T09:00,,,,\n"


async def test_a_row_is_an_appointment_of_a_contact(connection: AsyncConnection, tmp_path: Path) -> None:
    report = await import_text(connection, tmp_path, HEADER + FIRST + SECOND)
    assert (report.rows, report.appointments.new, report.refused) == (2, 2, 0)
    first, second = await row(connection, "A-1"), await row(connection, "A-2")
    assert (first["starts_at"], first["timezone"]) == (START, ZONE)
    assert (first["kind"], first["place"], first["state"]) == ("checkup", "Room 2", "booked")
    assert first["attributes"] == {"doctor": "Reyes"}
    assert (second["kind"], second["place"], second["attributes"]) == ("appointment", None, {})
    people = await connection.execute(text("SELECT phone, first_name, last_name FROM contacts ORDER BY phone"))
    assert [tuple(each) for each in people] == [("+12125550123", "Ada", "Lovelace"), ("+12125550124", None, None)]


async def test_a_file_is_nobodys_consent_and_changes_no_contact(
    connection: AsyncConnection, tmp_path: Path
) -> None:
    await import_text(connection, tmp_path, HEADER + FIRST)
    await import_text(connection, tmp_path, HEADER + FIRST.replace("Ada Lovelace", "Someone Else"))
    assert (await connection.execute(text("SELECT first_name FROM contacts"))).scalar_one() == "Ada"
    assert (await connection.execute(text("SELECT count(*) FROM consents"))).scalar_one() == 0


async def test_the_same_file_again_changes_nothing(connection: AsyncConnection, tmp_path: Path) -> None:
    await import_text(connection, tmp_path, HEADER + FIRST + SECOND)
    report = await import_text(connection, tmp_path, HEADER + FIRST + SECOND)
    assert (report.appointments.new, report.appointments.changed, report.appointments.unchanged) == (0, 0, 2)
    assert await story(connection) == ["new"]


async def test_a_newer_file_moves_cancels_and_adds(connection: AsyncConnection, tmp_path: Path) -> None:
    await import_text(connection, tmp_path, HEADER + FIRST + SECOND)
    newer = FIRST.replace("10:30", "11:00") + SECOND.replace(",,,,", ",,,Cancelled,") + THIRD
    counts = (await import_text(connection, tmp_path, HEADER + newer)).appointments
    assert (counts.new, counts.changed, counts.moved, counts.canceled) == (1, 2, 1, 1)
    assert await story(connection, "A-1") == ["new", "moved"]
    assert await story(connection, "A-2") == ["new", "canceled"]


async def test_of_two_rows_of_one_appointment_the_last_holds(connection: AsyncConnection, tmp_path: Path) -> None:
    report = await import_text(connection, tmp_path, HEADER + FIRST.replace("10:30", "08:00") + FIRST)
    assert (report.rows, report.merged, report.appointments.new) == (2, 1, 1)
    assert (await row(connection))["starts_at"] == START


REFUSED = [
    ("no id", FIRST.replace("A-1", ""), "no_external_id"),
    ("no number", FIRST.replace("+1 212 555 0123", ""), "empty"),
    ("a number that is none", FIRST.replace("+1 212 555 0123", "12345678901234567"), "too_long"),
    ("no start", FIRST.replace("2026-03-09T10:30", ""), "no_start"),
    ("an hour that the clock skips", FIRST.replace("2026-03-09T10:30", "2026-03-08T02:30"), "start_skipped"),
    ("an hour that comes twice", FIRST.replace("2026-03-09T10:30", "2026-11-01T01:30"), "start_twice"),
    ("a state that is none", FIRST.replace(",,Reyes", ",maybe,Reyes"), "state"),
    ("a cell missing", "A-1,+12125550123\n", "too_few_values"),
]


@pytest.mark.parametrize(("line", "code"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED])
async def test_a_bad_row_is_refused_with_line_and_reason(
    connection: AsyncConnection, tmp_path: Path, line: str, code: str
) -> None:
    report = await import_text(connection, tmp_path, HEADER + SECOND + line)
    assert (report.rows, report.appointments.new, report.refused) == (2, 1, 1)
    assert [(each.line, each.code) for each in report.refused_rows] == [(3, code)]
    with (tmp_path / "calendar.refused.csv").open(encoding="utf-8-sig") as file:
        assert [written["line"] for written in csv.DictReader(file)] == ["3"]


async def test_what_is_gone_is_told_apart_from_what_is_cancelled(
    connection: AsyncConnection, tmp_path: Path
) -> None:
    await import_text(connection, tmp_path, HEADER + FIRST + SECOND + THIRD)
    report = await import_text(connection, tmp_path, HEADER + FIRST.replace(",,Reyes", ",canceled,Reyes") + THIRD)
    assert (report.appointments.canceled, report.gone.gone, report.gone.external_ids) == (1, 1, ["A-2"])
    assert (await row(connection, "A-2"))["state"] == "booked"


CANCEL = AppointmentRules(timezone=ZONE, gone="cancel", most_gone=50)


async def test_what_is_gone_is_cancelled_when_asked_for_and_comes_back(
    connection: AsyncConnection, tmp_path: Path
) -> None:
    await import_text(connection, tmp_path, HEADER + FIRST + SECOND + THIRD)
    report = await import_text(connection, tmp_path, HEADER + FIRST + THIRD, rules=CANCEL)
    assert (report.gone.canceled, (await row(connection, "A-2"))["state"]) == (1, "canceled")
    await import_text(connection, tmp_path, HEADER + FIRST + SECOND + THIRD, rules=CANCEL)
    assert await story(connection, "A-2") == ["new", "canceled", "reopened"]


NOT_GONE = [
    ("one after the file's end", FIRST + SECOND, CANCEL, 0, None),
    ("one whose row is refused", FIRST + SECOND.replace("+12125550124", "?") + THIRD, CANCEL, 0, None),
    ("too many at once", THIRD, CANCEL, 2, "check that the file is whole"),
    ("a row that nobody can tell", FIRST + THIRD + SECOND.replace("A-2", ""), CANCEL, 1, "do not tell which"),
]


@pytest.mark.parametrize(
    ("newer", "rules", "gone", "because"), [each[1:] for each in NOT_GONE], ids=[each[0] for each in NOT_GONE]
)
async def test_what_may_be_a_mistake_is_not_cancelled(
    connection: AsyncConnection,
    tmp_path: Path,
    *,
    newer: str,
    rules: AppointmentRules,
    gone: int,
    because: str | None,
) -> None:
    await import_text(connection, tmp_path, HEADER + FIRST + SECOND + THIRD)
    report = await import_text(connection, tmp_path, HEADER + newer, rules=rules)
    assert (report.gone.gone, report.gone.canceled) == (gone, 0)
    assert (because or "") in (report.gone.kept_because or "")
    states = (await connection.execute(text("SELECT DISTINCT state FROM appointments"))).scalars().all()
    assert states == ["booked"]


async def test_what_began_and_what_no_file_held_is_never_gone(connection: AsyncConnection, tmp_path: Path) -> None:
    await import_text(connection, tmp_path, HEADER + FIRST + THIRD)
    by_hand = {"external_id": "desk", "contact_id": (await row(connection))["contact_id"], "timezone": ZONE}
    organization_id = (await row(connection))["organization_id"]
    await changed(connection, organization_id, {**by_hand, "starts_at": START})  # type: ignore[typeddict-item]
    report = await import_text(connection, tmp_path, HEADER + THIRD, rules=CANCEL, now=START)
    assert (report.gone.known, report.gone.gone) == (1, 0)


async def test_a_person_who_was_erased_is_not_taken_in(connection: AsyncConnection, tmp_path: Path) -> None:

    hasher = hasher_of(connection)
    assert hasher
    await connection.execute(
        text("""
            INSERT INTO suppressions (organization_id, number_hash, key_id, suppressed_at)
            SELECT id, :hash, :key_id, :now FROM organizations WHERE slug = 'default'
        """),
        {"hash": hasher("+12125550123"), "key_id": hasher.key_id, "now": NOW},
    )
    report = await import_text(connection, tmp_path, HEADER + FIRST + SECOND)
    assert report.refused_by_reason == {"erased": 1}
    assert (await connection.execute(text("SELECT phone FROM contacts"))).scalars().all() == ["+12125550124"]


async def test_a_file_without_a_start_is_refused_whole(connection: AsyncConnection, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="There is no column starts_at"):
        await import_text(connection, tmp_path, "external_id,phone\nA-1,+12125550123\n")


def test_a_zone_that_is_none_is_refused() -> None:
    with pytest.raises(ImportRefused, match="There is no time zone"):
        AppointmentRules(timezone="Mars/Olympus")
