"""A day's reminders in figures whose sums hold, and as a list."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.changing import Change
from models.columns import new_id
from models.reminders.fates import Fate
from models.reminders.listing import Wanted, list_reminders
from models.reminders.report import Because, Figures, ReportLine, read_reminders_report
from tests.integration.appointments.calendar import START, changed, person
from tests.integration.reminders.noted import DUE, reminded

DAY = DUE.date()


async def _booked(
    connection: AsyncConnection, organization_id: UUID, count: int, **named: object
) -> dict[str, int]:
    """Ids by the names A-1, A-2, …"""
    contact_id = await person(connection, organization_id)
    common = {"contact_id": contact_id, "starts_at": START, "timezone": "America/New_York", "place": "Room 1"}
    changes = [Change(external_id=f"A-{place}", **{**common, **named}) for place in range(1, count + 1)]  # type: ignore[typeddict-item]
    return {done.external_id: done.id for done in await changed(connection, organization_id, *changes)}


async def test_every_reminder_of_the_day_is_counted_once(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    ids = await _booked(connection, organization_id, 9)
    for name in ("A-1", "A-2", "A-3", "A-4"):
        await reminded(connection, ids[name], message="delivered")
    await reminded(connection, ids["A-5"], message="undelivered", error_code=30003)
    await reminded(connection, ids["A-6"], "skipped", message="skipped", skip_reason="opted_out")
    await reminded(connection, ids["A-7"], "expired", reason="It came too late.")
    await reminded(connection, ids["A-8"], "waiting")
    await reminded(connection, ids["A-9"], "obsolete", reason="The appointment was moved.")
    await reminded(connection, ids["A-9"], occasion="cancellation", message="sent")
    await reminded(connection, ids["A-9"], "waiting", rule="2 hours", due_at=DUE + timedelta(days=1))
    await changed(connection, organization_id, {"external_id": "A-1", "state": "confirmed"})
    await changed(connection, organization_id, {"external_id": "A-2", "state": "reschedule_requested"})
    await changed(connection, organization_id, {"external_id": "A-3", "starts_at": START + timedelta(days=9)})
    report = await read_reminders_report(connection, organization_id, DAY)
    assert report.lines == [
        ReportLine(
            "day before",
            "reminder",
            "Room 1",
            Figures(
                confirmed=1,
                reschedule_requested=1,
                moved=1,
                unanswered=1,
                not_delivered=1,
                skipped=1,
                expired=1,
                waiting=1,
                obsolete=1,
            ),
        ),
        ReportLine("day before", "cancellation", "Room 1", Figures(told=1)),
    ]
    assert (report.total.due, report.total.sent) == (9, 5)
    assert report.reasons == [
        Because("expired", "It came too late.", 1),
        Because("not_delivered", "code 30003", 1),
        Because("obsolete", "The appointment was moved.", 1),
        Because("skipped", "The person said no to such messages.", 1),
    ]
    assert (await read_reminders_report(connection, new_id(), DAY)).lines == []


async def test_a_day_is_that_of_the_appointments_place(connection: AsyncConnection, organization_id: UUID) -> None:
    ids = await _booked(connection, organization_id, 1, timezone="Pacific/Auckland")
    await reminded(connection, ids["A-1"], "waiting", due_at=datetime(2026, 3, 8, 11, 30, tzinfo=UTC))
    totals = [
        (await read_reminders_report(connection, organization_id, date(2026, 3, day))).total.due for day in (8, 9)
    ]
    assert totals == [0, 1]


async def test_a_list_goes_by_what_became_of_them(connection: AsyncConnection, organization_id: UUID) -> None:
    ids = await _booked(connection, organization_id, 3)
    await reminded(connection, ids["A-1"], "waiting")
    await reminded(connection, ids["A-2"], message="delivered")
    await reminded(connection, ids["A-3"], message="delivered", due_at=DUE - timedelta(days=1))
    wanted = [
        (Wanted(), ["A-3", "A-1", "A-2"]),
        (Wanted(day=DAY), ["A-1", "A-2"]),
        (Wanted(state=Fate.DELIVERED), ["A-3", "A-2"]),
        (Wanted(day=DAY, state=Fate.DELIVERED), ["A-2"]),
        (Wanted(rule="2 hours"), []),
        (Wanted(place="Room 2"), []),
    ]
    for asked, expected in wanted:
        found = await list_reminders(connection, organization_id, asked, most=None)
        assert [line.external_id for line in found] == expected, asked
    first = await list_reminders(connection, organization_id, Wanted(), most=2)
    rest = await list_reminders(
        connection, organization_id, Wanted(), after=(first[-1].due_at, first[-1].id), most=None
    )
    assert [line.external_id for line in rest] == ["A-2"]
    assert await list_reminders(connection, new_id(), Wanted(), most=None) == []
