"""Reminders that Twilio keeps follow their appointments: at the end each person has had what is true, once."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from models.appointments.changing import apply_changes
from models.reminders.planning import plan_due
from models.reminders.store import save_rules
from tasks.scheduled_at_twilio import cancel_withdrawn
from tests.integration.at_twilio.conftest import NOW, Desk
from tests.integration.population import add_contact, phone
from tests.simulator.running import until

DAY = timedelta(days=1)
FIRST, SECOND = NOW + 5 * DAY, NOW + 8 * DAY
RULES = """
rules:
  - name: day before
    when: 24 hours before
    text: 'See you on {{ appointment.date }} in {{ appointment.place }}.'
    schedule_at_twilio: true
"""
IN_ROOM_1, IN_ROOM_2 = "See you on March 14 in room 1.", "See you on March 14 in room 2."
MOVED = "See you on March 17 in room 1."

_REMINDERS = text("SELECT state, reason FROM reminders ORDER BY starts_at")


class Clinic:
    """One appointment of one person, and what a minute's look does for its reminder."""

    def __init__(self, desk: Desk, contact_id: int) -> None:
        self.desk = desk
        self._contact_id = contact_id

    async def change(self, **changes: Any) -> None:
        named = {"external_id": "A-1", "contact_id": self._contact_id, "timezone": "America/New_York", **changes}
        async with self.desk.engine.begin() as connection:
            await apply_changes(connection, self.desk.organization_id, [named], now=self.desk.now, actor="desk")  # type: ignore[list-item]

    async def book(self, starts_at: datetime = FIRST, **changes: Any) -> None:
        await self.change(starts_at=starts_at, place="room 1", **changes)

    async def look(self) -> None:
        """A minute later: what is due is planned and handed over, what is not wanted is canceled."""
        self.desk.now += timedelta(minutes=1)
        async with self.desk.engine.begin() as connection:
            await plan_due(connection, now=self.desk.now)
        await self.desk.send()
        await cancel_withdrawn(self.desk.tools)

    async def looks(self, *, lost: str | None = None) -> None:
        """As many as it takes to cancel, plan again and hand over again; `lost`: what happens to cancellations."""
        await self.desk.twilio.set(cancel_fault=lost)
        for _ in range(3):
            await self.look()

    async def delivered(self) -> list[str]:
        """What Twilio has sent in the end."""
        await self.desk.time_passes_at_twilio(SECOND)

        async def over() -> bool:
            return {entry["message_status"] for entry in await self.desk.requests()} <= {"canceled", "delivered"}

        await until(over)
        requests = await self.desk.requests()
        return [entry["body"] for entry in requests if entry["message_status"] == "delivered"]

    async def reminders(self) -> list[tuple[str, str | None]]:
        async with self.desk.engine.connect() as connection:
            return [(row.state, row.reason) for row in await connection.execute(_REMINDERS)]


@pytest.fixture
async def clinic(desk: Desk) -> Clinic:
    """Its one reminder is with Twilio."""
    async with desk.engine.begin() as connection:
        contact_id = await add_contact(connection, desk.organization_id, phone(1))
        await save_rules(connection, desk.organization_id, RULES, actor="desk", now=desk.now)
    clinic = Clinic(desk, contact_id)
    await clinic.book()
    await clinic.look()
    assert [entry["params"]["SendAt"] for entry in await desk.requests()] == [["2026-03-13T15:00:00Z"]]
    return clinic


Happening = Callable[[Clinic], Awaitable[None]]


async def moved(clinic: Clinic) -> None:
    await clinic.book(SECOND)


async def moved_and_back(clinic: Clinic) -> None:
    await clinic.book(SECOND)
    await clinic.book(FIRST)


async def moved_and_back_later(clinic: Clinic) -> None:
    await clinic.book(SECOND)
    await clinic.looks()
    await clinic.book(FIRST)


async def canceled(clinic: Clinic) -> None:
    await clinic.change(state="canceled")


async def canceled_and_booked_again(clinic: Clinic) -> None:
    await clinic.change(state="canceled")
    await clinic.change(state="booked")


async def in_another_room(clinic: Clinic) -> None:
    await clinic.change(place="room 2")


async def confirmed(clinic: Clinic) -> None:
    await clinic.change(state="confirmed")


async def opted_out(clinic: Clinic) -> None:
    await clinic.desk.opt_out(1)


HAPPENINGS: dict[str, tuple[Happening, list[str]]] = {
    "moved": (moved, [MOVED]),
    "moved and back before anyone looked": (moved_and_back, [IN_ROOM_1]),
    "moved, and back later": (moved_and_back_later, [IN_ROOM_1]),
    "canceled": (canceled, []),
    "canceled and booked again": (canceled_and_booked_again, [IN_ROOM_1]),
    "in another room": (in_another_room, [IN_ROOM_2]),
    "confirmed, which the rule does not ask about": (confirmed, [IN_ROOM_1]),
    "opted out": (opted_out, []),
}


@pytest.mark.parametrize("lost", [None, "reset_after"])
@pytest.mark.parametrize(("happens", "expected"), HAPPENINGS.values(), ids=HAPPENINGS)
async def test_each_person_has_what_is_true_once(
    clinic: Clinic, happens: Happening, expected: list[str], lost: str | None
) -> None:
    """Also when Twilio's answers to the first cancellations are lost."""
    await happens(clinic)
    if lost:
        await clinic.looks(lost=lost)
    await clinic.looks()
    assert await clinic.delivered() == expected
    assert await clinic.desk.incidents() == []


async def test_nothing_is_planned_again_before_twilio_confirmed(clinic: Clinic) -> None:
    await moved_and_back(clinic)
    await clinic.looks(lost="reset_before")
    assert len(await clinic.desk.requests()) == 1
    await clinic.looks()
    assert len(await clinic.desk.requests()) == 2


async def test_what_twilio_sent_before_it_was_canceled_is_not_sent_again(clinic: Clinic) -> None:
    """Wanted again, it was right: one message, and no incident."""
    await moved_and_back(clinic)
    await clinic.desk.time_passes_at_twilio(FIRST)
    await clinic.looks()
    assert await clinic.delivered() == [IN_ROOM_1]
    assert (await clinic.reminders())[0] == ("planned", None)
    assert await clinic.desk.incidents() == []


async def test_a_reminder_of_who_opted_out_says_so(clinic: Clinic) -> None:
    await opted_out(clinic)
    await clinic.looks()
    assert await clinic.reminders() == [("skipped", "opted_out")]
