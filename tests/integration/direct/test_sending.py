"""Direct messages on their way through the simulated Twilio: by the path of every message, with its promises."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.campaigns.store import list_campaigns
from models.campaigns.tending import left_lying, worked_off
from models.columns import utc_now
from models.consent.keywords import stop
from models.messages.direct.drafts import PlannedDirect
from models.messages.overdue import expire_overdue
from tasks.direct import send_direct
from tasks.equipment import Equipment
from tests.fixtures.sending import Start
from tests.integration.direct.posting import (
    WHATSAPP_ADDRESS,
    add_whatsapp_sender,
    draft,
    hear,
    post,
    row_of,
)
from tests.integration.population import add_contact, phone
from tests.simulator.running import Twilio, until

LEAVES_WITHIN = 1.0


@dataclass
class Desk:
    """Plans direct messages and looks at their rows."""

    engine: AsyncEngine
    organization_id: UUID

    async def post(self, number: int = 1, **options: Any) -> PlannedDirect:
        terms = {name: options.pop(name) for name in ("channel", "send_before") if name in options}
        return await post(self.engine, self.organization_id, draft(number, **options), **terms)

    async def row(self, planned: PlannedDirect) -> dict[str, Any]:
        async with self.engine.connect() as connection:
            return dict(await row_of(connection, planned.id))

    async def until_sent(self, planned: PlannedDirect) -> dict[str, Any]:
        async def sent() -> bool:
            return (await self.row(planned))["twilio_sid"] is not None

        await until(sent)
        return await self.row(planned)


@pytest.fixture
async def desk(committed: AsyncEngine, start: Start) -> Desk:
    return Desk(committed, (await start(0)).organization_id)


@pytest.fixture
async def sending(equipment: Equipment, desk: Desk) -> AsyncIterator[asyncio.Task[None]]:  # noqa: ARG001 (first the organization)
    """The direct flow's work, going on beside the test."""
    task = asyncio.create_task(send_direct(equipment))
    yield task
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


Work = Callable[[], Awaitable[None]]


@pytest.fixture
def once(equipment: Equipment) -> Work:
    """Sends what is due, and ends when nothing more is."""

    async def send() -> None:
        await send_direct(equipment, idle_seconds=0.1)

    return send


async def test_a_message_leaves_within_a_second(desk: Desk, sending: asyncio.Task[None], twilio: Twilio) -> None:
    await desk.until_sent(await desk.post(1))
    began = time.monotonic()
    second = await desk.post(2, body="Your taxi is here.")
    row = await desk.until_sent(second)
    assert time.monotonic() - began < LEAVES_WITHIN
    assert not sending.done()
    sent = await twilio.fetch(row["twilio_sid"])
    assert (sent["to"], sent["body"]) == (phone(2), "Your taxi is here.")
    assert (row["account_sid"], row["http_status"], row["answered_at"] is None) == (
        sent["account_sid"],
        201,
        False,
    )


async def test_media_are_sent_along_without_words(desk: Desk, once: Work, twilio: Twilio) -> None:
    planned = await desk.post(body="", media=["https://example.org/map.png", "https://example.org/menu.pdf"])
    await once()
    row = await desk.row(planned)
    sent = await twilio.fetch(row["twilio_sid"])
    assert (sent["num_media"], sent["body"], row["segments"]) == ("2", "", 1)


async def test_whatsapp_goes_from_number_to_number_by_its_own_addresses(
    desk: Desk, once: Work, twilio: Twilio
) -> None:
    async with desk.engine.begin() as connection:
        await add_whatsapp_sender(connection, desk.organization_id)
        await add_contact(connection, desk.organization_id, phone(1))
        whatsapp = {"address": WHATSAPP_ADDRESS, "channel": "whatsapp"}
        await hear(connection, desk.organization_id, phone(1), hours_ago=1, **whatsapp)
    planned = await desk.post(1, channel="whatsapp")
    await once()
    sent = await twilio.fetch((await desk.row(planned))["twilio_sid"])
    assert (sent["to"], sent["from"]) == (f"whatsapp:{phone(1)}", f"whatsapp:{WHATSAPP_ADDRESS}")
    assert sent["messaging_service_sid"] is None


async def test_a_window_that_closes_after_the_plan_is_seen_by_the_claim(desk: Desk, once: Work) -> None:
    async with desk.engine.begin() as connection:
        await add_whatsapp_sender(connection, desk.organization_id)
        await add_contact(connection, desk.organization_id, phone(1))
        whatsapp = {"address": WHATSAPP_ADDRESS, "channel": "whatsapp"}
        await hear(connection, desk.organization_id, phone(1), hours_ago=23.9, **whatsapp)
    planned = await desk.post(1, channel="whatsapp")
    async with desk.engine.begin() as connection:
        await connection.execute(text("UPDATE conversations SET last_inbound_at = now() - interval '24 hours'"))
    await once()
    row = await desk.row(planned)
    assert (row["state"], row["skip_reason"]) == ("skipped", "whatsapp_window_closed")


async def test_a_stop_after_the_plan_counts(desk: Desk, once: Work, twilio: Twilio) -> None:
    planned = await desk.post(1)
    async with desk.engine.begin() as connection:
        await stop(
            connection, organization_id=desk.organization_id, phone=phone(1), message_sid="SM1", now=utc_now()
        )
    await once()
    row = await desk.row(planned)
    assert (row["state"], row["skip_reason"]) == ("skipped", "opted_out")
    assert (await twilio.get("messages"))["messages"] == []


async def test_a_second_sender_at_the_same_time_ends_at_once(
    desk: Desk, sending: asyncio.Task[None], equipment: Equipment
) -> None:
    await desk.until_sent(await desk.post(1))
    await asyncio.wait_for(send_direct(equipment), 5)
    assert not sending.done()


async def test_a_refusal_for_now_is_tried_again_with_the_same_words_and_each_try_is_kept(
    desk: Desk, once: Work, twilio: Twilio
) -> None:
    await twilio.set(faults={"too_many_requests": 1})
    planned = await desk.post(1, body="Once more")
    await once()
    row = await desk.row(planned)
    assert (row["state"], row["body"], row["tries"]) == ("planned", "Once more", 1)
    await twilio.set(faults={"too_many_requests": 0})
    async with desk.engine.begin() as connection:
        await connection.execute(text("UPDATE messages SET send_after = now()"))
    await once()
    assert (await twilio.fetch((await desk.row(planned))["twilio_sid"]))["body"] == "Once more"
    async with desk.engine.connect() as connection:
        kept = (await connection.execute(text("SELECT * FROM message_attempts"))).mappings().all()
    assert [(one["message_id"], one["outcome"], one["http_status"]) for one in kept] == [
        (planned.id, "transient", 429)
    ]
    assert kept[0]["sender"].startswith("MG")
    assert kept[0]["claimed_at"] is not None


async def test_what_is_too_late_expires_even_while_its_sender_rests(desk: Desk, equipment: Equipment) -> None:
    planned = await desk.post(1, send_before=utc_now())
    async with desk.engine.begin() as connection:
        await connection.execute(text("UPDATE senders SET state = 'paused'"))
        assert await expire_overdue(connection, now=equipment.clock()) == 1
    assert (await desk.row(planned))["state"] == "expired"


async def test_standing_runs_are_no_campaigns_to_people_and_to_the_sweep(desk: Desk, once: Work) -> None:
    planned = await desk.post(1)
    async with desk.engine.connect() as connection:
        assert await left_lying(connection, now=utc_now(), patience=0) == []
        names = [line.name for line in await list_campaigns(connection, desk.organization_id)]
    await once()
    row = await desk.row(planned)
    async with desk.engine.connect() as connection:
        assert row["campaign_run_id"] not in await worked_off(connection)
    assert names == ["Sale"]
    assert row["twilio_sid"] is not None
