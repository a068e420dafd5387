"""What becomes of a delivery that is not taken, and of a subscription whose deliveries are not."""

from uuid import UUID

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.api.events.happening import DUE_NOW, happen
from tests.api.events.receiver import Got, Receiver, got
from tests.api.events.subscriptions import Subscriptions
from tests.simulator.running import until


async def test_a_failed_delivery_comes_again_later(
    client: Subscriptions, receiver: Receiver, database: AsyncEngine, organization_id: UUID
) -> None:
    async def answer(_: Got, before: int) -> web.Response:
        return web.Response(status=500 if before == 0 else 204)

    receiver.answer = answer
    made = await client.subscribe(f"{receiver.url}/hook")
    await happen(database, organization_id, 1)
    await got(receiver, 1)

    async def failed() -> bool:
        return [(each["error"], each["attempts"]) for each in await client.deliveries(made)] == [
            ("It answered 500.", 1)
        ]

    await until(failed)
    async with database.begin() as connection:
        waits = "SELECT extract(epoch FROM next_attempt_at - clock_timestamp()) FROM event_deliveries"
        assert 1 < (await connection.execute(text(waits))).scalar_one() < 7
        await connection.execute(DUE_NOW)
    first, second = await got(receiver, 2)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert second.is_signed(made["secret"])


async def test_after_a_day_without_success_people_are_told_and_it_can_be_set_going(
    client: Subscriptions, receiver: Receiver, database: AsyncEngine, organization_id: UUID
) -> None:
    async def answer(_: Got, before: int) -> web.Response:
        return web.Response(status=503 if before < 2 else 200)

    receiver.answer = answer
    made = await client.subscribe(f"{receiver.url}/hook", kinds=["message.received"])
    await happen(database, organization_id, 1)
    await got(receiver, 1)

    async def waiting() -> bool:
        return [each["next_attempt_at"] is None for each in await client.deliveries(made)] == [False]

    await until(waiting)
    async with database.begin() as connection:
        await connection.execute(
            text("UPDATE event_subscriptions SET failing_since = now() - interval '25 hours'")
        )
        await connection.execute(text("UPDATE event_deliveries SET first_tried_at = now() - interval '25 hours'"))
        await connection.execute(DUE_NOW)
    await got(receiver, 2)

    async def failing() -> bool:
        return await client.state(made) == "failing"

    await until(failing)
    async with database.connect() as connection:
        alert = await connection.execute(text("SELECT subject FROM events WHERE kind = 'alert.raised'"))
        assert alert.scalar_one()["subscription_id"] == made["id"]
    (delivery,) = await client.deliveries(made)
    assert delivery["state"] == "given_up"
    await happen(database, organization_id, 2)
    assert (await client.ask("POST", f"/{made['id']}/resume")).json()["state"] == "active"
    again = await client.ask("POST", f"/{made['id']}/deliveries/{delivery['id']}/redeliver")
    assert again.json()["state"] == "pending"
    numbers = [each.event["data"]["number"] for each in await got(receiver, 4)]
    assert sorted(numbers[2:]) == [1, 2]


async def test_gone_ends_the_subscription(
    client: Subscriptions, receiver: Receiver, database: AsyncEngine, organization_id: UUID
) -> None:
    async def answer(_: Got, __: int) -> web.Response:
        return web.Response(status=410)

    receiver.answer = answer
    made = await client.subscribe(f"{receiver.url}/hook")
    await happen(database, organization_id, 1)

    async def disabled() -> bool:
        return await client.state(made) == "disabled"

    await until(disabled)


async def test_a_redirect_is_not_followed(
    client: Subscriptions, receiver: Receiver, database: AsyncEngine, organization_id: UUID
) -> None:
    async def answer(_: Got, __: int) -> web.Response:
        return web.Response(status=307, headers={"Location": f"{receiver.url}/inside"})

    receiver.answer = answer
    made = await client.subscribe(f"{receiver.url}/hook")
    await happen(database, organization_id, 1)

    async def failed() -> bool:
        return any("redirects" in (each["error"] or "") for each in await client.deliveries(made))

    await until(failed)
    assert receiver.at("/inside") == []
