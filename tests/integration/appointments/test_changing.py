"""The one door: what a change makes of an appointment, its story, and the event others hear of."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.changing import Change, Source
from models.appointments.states import NoSuchAppointment, set_state
from models.appointments.tables import AppointmentState
from models.columns import new_id
from tests.integration.appointments.calendar import NOW, START, ZONE, booked, changed, person, row, story

LATER = START + timedelta(hours=2)


async def test_a_new_one_is_booked_and_told(connection: AsyncConnection, organization_id: UUID) -> None:
    made = await booked(connection, organization_id)
    assert (made.outcome, made.state) == ("new", "booked")
    found = await row(connection)
    assert (found["starts_at"], found["kind"], found["attributes"]) == (START, "checkup", {"doctor": "Reyes"})
    assert await story(connection) == ["new"]
    event = (await connection.execute(text("SELECT kind, subject FROM events"))).one()
    assert event.kind == "appointment.changed"
    assert event.subject["appointment_id"] == made.id
    assert (event.subject["external_id"], event.subject["what"]) == ("A-1", ["new"])


CHANGES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("nothing", {}, []),
    ("what it is already", {"kind": "checkup", "starts_at": START, "timezone": ZONE}, []),
    ("another start", {"starts_at": LATER}, ["moved"]),
    ("another zone", {"timezone": "America/Chicago"}, ["changed"]),
    ("kind and place", {"kind": "surgery", "place": "Room 2"}, ["changed"]),
    ("an attribute more", {"attributes": {"floor": 2}}, ["changed"]),
    ("an attribute taken away", {"attributes": {"doctor": None}}, ["changed"]),
    ("moved and cancelled", {"starts_at": LATER, "state": "canceled"}, ["moved", "canceled"]),
    ("confirmed", {"state": "confirmed"}, ["confirmed"]),
]


@pytest.mark.parametrize(("given", "expected"), [each[1:] for each in CHANGES], ids=[each[0] for each in CHANGES])
async def test_a_change_is_told_by_what_it_changed(
    connection: AsyncConnection, organization_id: UUID, given: dict[str, Any], expected: list[str]
) -> None:
    await booked(connection, organization_id)
    change: Change = {"external_id": "A-1", **given}  # type: ignore[typeddict-item]  # a table of cases
    done = (await changed(connection, organization_id, change))[0]
    assert [each.what for each in done.happened] == expected
    assert done.outcome == ("changed" if expected else "unchanged")
    assert await story(connection) == ["new", *expected]


# The state it is in, what comes (source, said, moved), and the state it is in then. The file said `booked` before.
STATES: list[tuple[str, str, Source, str | None, bool, str]] = [
    ("a file that repeats itself leaves a confirmation", "confirmed", "file", "booked", False, "confirmed"),
    ("a file without states leaves a confirmation", "confirmed", "file", None, False, "confirmed"),
    ("a file that repeats itself reopens nothing", "canceled", "file", "booked", False, "canceled"),
    ("a file that repeats itself leaves what is past", "done", "file", "booked", False, "done"),
    ("a file's cancellation holds", "confirmed", "file", "canceled", False, "canceled"),
    ("a file that moves it asks anew", "confirmed", "file", "booked", True, "booked"),
    ("a file that moves a cancelled one reopens it", "canceled", "file", None, True, "booked"),
    ("what the desk says holds", "canceled", "direct", "booked", False, "booked"),
    ("moved by the desk it is to be confirmed anew", "confirmed", "direct", None, True, "booked"),
    ("moved as asked for", "reschedule_requested", "direct", None, True, "booked"),
    ("moved by the desk a cancelled one stays so", "canceled", "direct", None, True, "canceled"),
    ("moved and confirmed at once", "booked", "direct", "confirmed", True, "confirmed"),
]


@pytest.mark.parametrize(
    ("state", "source", "said", "moved", "expected"),
    [each[1:] for each in STATES],
    ids=[each[0] for each in STATES],
)
async def test_who_has_the_last_word_on_the_state(
    connection: AsyncConnection,
    organization_id: UUID,
    *,
    state: str,
    source: Source,
    said: str | None,
    moved: bool,
    expected: str,
) -> None:
    made = await booked(connection, organization_id)
    await set_state(connection, organization_id, made.id, AppointmentState(state), now=NOW, actor="person")
    change: Change = {"external_id": "A-1", "starts_at": LATER if moved else START}
    if said:
        change["state"] = said
    assert (await changed(connection, organization_id, change, source=source))[0].state == expected


async def test_a_file_that_takes_its_cancellation_back_reopens(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await booked(connection, organization_id)
    for said in ("canceled", "canceled", "booked"):
        await changed(connection, organization_id, {"external_id": "A-1", "state": said}, source="file")
    assert await story(connection) == ["new", "canceled", "reopened"]


async def test_an_unknown_one_without_a_start_is_not_made(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    contact_id = await person(connection, organization_id)
    assert await changed(connection, organization_id, {"external_id": "?", "contact_id": contact_id}) == []


async def test_an_appointment_of_another_organization_is_none(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    made = await booked(connection, organization_id)
    other = new_id()
    with pytest.raises(NoSuchAppointment):
        await set_state(connection, other, made.id, AppointmentState.CANCELED, now=NOW, actor="desk")
    assert await changed(connection, other, {"external_id": "A-1", "state": "canceled"}) == []
    assert (await row(connection))["state"] == "booked"


async def test_many_at_once_each_have_their_own_story(connection: AsyncConnection, organization_id: UUID) -> None:
    await booked(connection, organization_id)
    contact_id = await person(connection, organization_id, "+12125550124")
    changes: list[Change] = [
        {"external_id": "A-2", "contact_id": contact_id, "starts_at": START, "timezone": ZONE},
        {"external_id": "A-1", "state": "confirmed"},
    ]
    done = await changed(connection, organization_id, *changes)
    assert {each.external_id: each.outcome for each in done} == {"A-1": "changed", "A-2": "new"}
    assert await story(connection, "A-1") == ["new", "confirmed"]
    assert await story(connection, "A-2") == ["new"]
