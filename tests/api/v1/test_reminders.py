"""Reminders by the API: of an appointment, of a day in pages, and the day in figures."""

from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.api.v1.client import Client, problem
from tests.api.v1.test_appointments import made
from tests.integration.reminders.noted import DUE, reminded

DAY = DUE.date()


async def _reminded(client: Client, database: AsyncEngine, count: int) -> int:
    """The id of an appointment with one reminder delivered, and others an hour apart that wait."""
    appointment_id = int((await made(client))["id"])
    async with database.begin() as connection:
        await reminded(connection, appointment_id, message="delivered")
        for hours in range(1, count):
            due = DUE + timedelta(hours=hours)
            await reminded(connection, appointment_id, "waiting", rule=f"rule {hours}", due_at=due)
    return appointment_id


async def test_the_reminders_of_an_appointment(client: Client, database: AsyncEngine) -> None:
    appointment_id = await _reminded(client, database, 2)
    shown = (await client.get(f"/appointments/{appointment_id}/reminders")).json()["data"]
    assert [(each["rule"], each["state"], each["reason"]) for each in shown] == [
        ("day before", "delivered", None),
        ("rule 1", "waiting", None),
    ]
    assert shown[0]["delivered_at"] > shown[0]["sent_at"]


async def test_a_day_in_pages(client: Client, database: AsyncEngine) -> None:
    await _reminded(client, database, 5)
    first = (await client.get(f"/reminders?day={DAY}&limit=3")).json()
    rest = (await client.get(f"/reminders?day={DAY}&limit=3&cursor={first['next_cursor']}")).json()
    assert [each["rule"] for each in first["data"] + rest["data"]] == [
        "day before",
        *(f"rule {n}" for n in range(1, 5)),
    ]
    assert rest["next_cursor"] is None
    waiting = (await client.get("/reminders?state=waiting&rule=rule%202")).json()["data"]
    assert [each["rule"] for each in waiting] == ["rule 2"]
    assert (await client.get(f"/reminders?day={DAY + timedelta(days=2)}")).json()["data"] == []
    problem(await client.get("/reminders?cursor=MTI"), 422, "invalid")
    problem(await client.get("/reminders?state=maybe"), 422, "invalid")


async def test_a_day_in_figures(client: Client, database: AsyncEngine) -> None:
    appointment_id = await _reminded(client, database, 3)
    async with database.begin() as connection:
        await reminded(connection, appointment_id, "expired", rule="late", reason="Too late.")
        await connection.execute(text("UPDATE appointments SET starts_at = starts_at + interval '1 day'"))
    shown = (await client.get(f"/reminders/report?day={DAY}")).json()
    figures = {name: count for name, count in shown["total"].items() if count}
    assert figures == {"due": 4, "waiting": 2, "sent": 1, "moved": 1, "expired": 1}
    assert shown["reasons"] == [{"outcome": "expired", "why": "Too late.", "reminders": 1}]
    assert (await client.get("/reminders/report")).json()["lines"] == []
