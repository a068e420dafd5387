"""What became of each reminder of an appointment, and what was said to it."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.changing import Change, apply_changes
from models.columns import new_id
from models.reminders.story import ReminderLine, read_reminders
from tests.integration.appointments.calendar import START, booked
from tests.integration.reminders.noted import DUE, reminded

OPTED_OUT = "The person said no to such messages."

FATES: list[tuple[str, dict[str, object], tuple[str, str | None]]] = [
    ("waits for its time", {"state": "waiting"}, ("waiting", None)),
    ("came again, its first message taken back", {"state": "waiting", "message": "canceled"}, ("waiting", None)),
    ("moved before it was due", {"state": "obsolete", "reason": "moved"}, ("obsolete", "moved")),
    ("too late", {"state": "expired", "reason": "too late"}, ("expired", "too late")),
    ("no consent", {"state": "skipped", "message": "skipped", "skip_reason": "opted_out"}, ("skipped", OPTED_OUT)),
    ("in the outbox", {"message": "planned"}, ("planned", None)),
    ("at Twilio's door", {"message": "unknown"}, ("planned", None)),
    ("kept by Twilio", {"message": "scheduled"}, ("scheduled", None)),
    ("refused at the claim", {"message": "skipped", "skip_reason": "opted_out"}, ("skipped", OPTED_OUT)),
    ("not sent in time", {"message": "expired"}, ("expired", None)),
    ("taken back in the outbox", {"message": "canceled"}, ("obsolete", None)),
    ("taken back too late", {"state": "obsolete", "reason": "moved", "message": "sent"}, ("sent", None)),
    ("on its way", {"message": "queued"}, ("sent", None)),
    ("arrived", {"message": "delivered"}, ("delivered", None)),
    ("did not arrive", {"message": "undelivered", "error_code": 30003}, ("not_delivered", "code 30003")),
]


@pytest.mark.parametrize(("made", "expected"), [each[1:] for each in FATES], ids=[each[0] for each in FATES])
async def test_what_became_of_a_reminder(
    connection: AsyncConnection,
    organization_id: UUID,
    made: dict[str, str],
    expected: tuple[str, str | None],
) -> None:
    appointment = await booked(connection, organization_id)
    await reminded(connection, appointment.id, **{"state": "planned", **made})  # type: ignore[arg-type]
    (line,) = await read_reminders(connection, organization_id, appointment.id)
    assert (line.state, line.reason) == expected
    assert (line.sent_at is not None) == (expected[0] in {"sent", "delivered", "not_delivered"})


async def test_its_times_are_told(connection: AsyncConnection, organization_id: UUID) -> None:
    appointment = await booked(connection, organization_id)
    await reminded(connection, appointment.id, message="delivered")
    (line,) = await read_reminders(connection, organization_id, appointment.id)
    assert (line.due_at, line.planned_at, line.sent_at) == (DUE, DUE, DUE)
    assert line.delivered_at == DUE + timedelta(seconds=9)


ANSWERS: list[tuple[str, list[tuple[int, Change]], str | None]] = [
    ("nothing", [], None),
    ("confirmed before it was sent", [(-5, {"external_id": "A-1", "state": "confirmed"})], None),
    ("confirmed after", [(5, {"external_id": "A-1", "state": "confirmed"})], "confirmed"),
    (
        "changed their mind",
        [(5, {"external_id": "A-1", "state": "confirmed"}), (9, {"external_id": "A-1", "state": "canceled"})],
        "canceled",
    ),
    (
        "came after all",
        [(5, {"external_id": "A-1", "state": "confirmed"}), (1500, {"external_id": "A-1", "state": "done"})],
        "confirmed",
    ),
    (
        "confirmed another start",
        [
            (5, {"external_id": "A-1", "starts_at": START + timedelta(days=1)}),
            (9, {"external_id": "A-1", "state": "confirmed"}),
        ],
        None,
    ),
    (
        "confirmed and moved",
        [
            (5, {"external_id": "A-1", "state": "confirmed"}),
            (9, {"external_id": "A-1", "starts_at": START + timedelta(days=1)}),
        ],
        "confirmed",
    ),
]


@pytest.mark.parametrize(("changes", "answer"), [each[1:] for each in ANSWERS], ids=[each[0] for each in ANSWERS])
async def test_what_was_said_to_it(
    connection: AsyncConnection, organization_id: UUID, changes: list[tuple[int, Change]], answer: str | None
) -> None:
    appointment = await booked(connection, organization_id)
    await reminded(connection, appointment.id, message="delivered")
    for minutes, change in changes:
        at = DUE + timedelta(minutes=minutes)
        await apply_changes(connection, organization_id, [change], now=at, actor="person")
    line = await _of_start(connection, organization_id, appointment.id)
    assert line.answer == answer
    assert (line.answered_at is None) == (answer is None)


async def test_another_organization_sees_none(connection: AsyncConnection, organization_id: UUID) -> None:
    appointment = await booked(connection, organization_id)
    await reminded(connection, appointment.id)
    assert await read_reminders(connection, new_id(), appointment.id) == []


async def _of_start(connection: AsyncConnection, organization_id: UUID, appointment_id: int) -> ReminderLine:
    lines = await read_reminders(connection, organization_id, appointment_id)
    return next(line for line in lines if line.starts_at == START)
