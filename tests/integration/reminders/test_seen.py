"""What is seen of reminders that really followed their appointment and were really planned."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.listing import find_appointment
from models.reminders.planning import plan_due
from models.reminders.report import read_reminders_report
from models.reminders.story import read_reminders
from tests.integration.reminders.followed import BOOKED, change, ruled, visit

START = BOOKED + timedelta(days=3)
DAY_BEFORE = START - timedelta(days=1)


async def _seen(connection: AsyncConnection, organization_id: UUID) -> list[tuple[str, str]]:
    line = await find_appointment(connection, organization_id, "A-1")
    assert line is not None
    lines = await read_reminders(connection, organization_id, line.id)
    return [(each.rule, each.state) for each in lines if each.starts_at == START]


async def test_from_booking_to_the_end(connection: AsyncConnection, organization_id: UUID) -> None:
    await ruled(connection, organization_id)
    await visit(connection, organization_id, START)
    assert await _seen(connection, organization_id) == [("day", "waiting"), ("soon", "waiting")]
    await plan_due(connection, now=DAY_BEFORE)
    assert await _seen(connection, organization_id) == [("day", "planned"), ("soon", "waiting")]
    await connection.execute(
        text("UPDATE messages SET state = 'delivered', attempted_at = :at"), {"at": DAY_BEFORE}
    )
    await change(connection, organization_id, now=DAY_BEFORE + timedelta(hours=1), state="confirmed")
    assert await _seen(connection, organization_id) == [("day", "delivered"), ("soon", "obsolete")]
    total = (await read_reminders_report(connection, organization_id, DAY_BEFORE.date())).total
    assert (total.due, total.sent, total.confirmed) == (1, 1, 1)
    report = await read_reminders_report(connection, organization_id, START.date())
    assert (report.total.due, report.total.obsolete) == (0, 1)
    assert report.reasons[0].why == "The person had confirmed, and the rule is for those who have not."


async def test_moved_before_it_left(connection: AsyncConnection, organization_id: UUID) -> None:
    await ruled(connection, organization_id)
    await visit(connection, organization_id, START)
    await plan_due(connection, now=DAY_BEFORE)
    await change(connection, organization_id, now=DAY_BEFORE, starts_at=START + timedelta(days=1))
    assert await _seen(connection, organization_id) == [("day", "obsolete"), ("soon", "obsolete")]
    line = await find_appointment(connection, organization_id, "A-1")
    assert line is not None
    assert (line.next_reminder_at, line.reminded) == (START, None)


async def test_too_late_after_an_outage(connection: AsyncConnection, organization_id: UUID) -> None:
    await ruled(connection, organization_id)
    await visit(connection, organization_id, START)
    await plan_due(connection, now=START + timedelta(minutes=1))
    assert await _seen(connection, organization_id) == [("day", "expired"), ("soon", "expired")]
    report = await read_reminders_report(connection, organization_id, START.date())
    assert (report.total.expired, report.reasons[0].outcome) == (1, "expired")
    line = await find_appointment(connection, organization_id, "A-1")
    assert line is not None
    assert line.reminded == "expired"
