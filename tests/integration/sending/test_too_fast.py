"""When Twilio says that we are too fast, all workers slow down together, nobody is lost, and it does not storm."""

import asyncio
import time
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from messaging.settings import Settings
from models.campaigns.starting import resume_after_fix
from models.campaigns.tending import left_lying
from models.columns import utc_now
from models.pacing import Urgency
from models.senders import load_sender
from tasks.equipment import Equipment, open_equipment
from tests.fixtures.campaigns import Sending
from tests.fixtures.sending import Start
from tests.integration.population import phone
from tests.simulator.running import Twilio, until


async def _log(twilio: Twilio) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = (await twilio.get("messages"))["messages"]
    return entries


async def _send_everything(sending: Sending, settings: Settings) -> None:
    """What one worker does until nothing is left."""
    async with open_equipment(settings) as equipment:
        while (await sending.states())["planned"]:
            tally = await sending.chunk(equipment)
            if tally.exhausted:
                await asyncio.sleep(0.2)


async def _shares(sending: Sending) -> list[float]:
    async with sending.engine.connect() as connection:
        found = await connection.execute(text("SELECT share FROM budgets WHERE key LIKE 'sender:%'"))
        return list(found.scalars())


async def test_three_workers_come_down_to_what_twilio_takes(
    start: Start, sending_settings: Settings, twilio: Twilio
) -> None:
    allowed, asked_for, people = 25.0, 100.0, 350
    await twilio.set(api_rate=allowed, latency={"low": 0.02, "high": 0.05})
    sending = await start(people, rate=asked_for)
    began = time.monotonic()
    await asyncio.gather(*(_send_everything(sending, sending_settings) for _ in range(3)))
    took = time.monotonic() - began
    log = await _log(twilio)
    accepted = Counter(entry["to"] for entry in log if entry["accepted"])
    assert (len(accepted), set(accepted.values())) == (people, {1})
    assert await sending.states() == Counter(accepted=people)
    assert people / took > 0.5 * allowed, "slower than Twilio, but not by far"
    settled = [entry for entry in log if float(entry["received_monotonic"]) > began + 6.0]
    refused = [entry for entry in settled if not entry["accepted"]]
    assert len(refused) < 0.15 * len(settled), "it asks for little more than it gets"
    assert (await _shares(sending))[0] < 0.6


async def test_a_burst_of_429_halves_the_rate_once_and_is_told_in_the_timeline(
    start: Start, equipment: Equipment, twilio: Twilio
) -> None:
    await twilio.set(scripts={phone(number): {"error": 20429} for number in range(40)})
    sending = await start(40)
    await sending.chunk(equipment)
    rows = (await sending.rows()).values()
    assert {(row.state, row.tries) for row in rows} == {("planned", 1)}
    assert await _shares(sending) == [0.5]
    async with sending.engine.connect() as connection:
        events = await connection.execute(
            text("SELECT what, detail->>'code' AS code FROM campaign_events WHERE actor = 'twilio'")
        )
        assert [tuple(event) for event in events] == [("slowed down", "20429")]
    assert [alarm.kind for alarm in equipment.alarms] == ["sender_slowed"]


async def test_a_429_now_and_then_has_nothing_to_do_with_our_speed(
    start: Start, equipment: Equipment, twilio: Twilio
) -> None:
    await twilio.set(scripts={phone(number): {"error": 20429} for number in range(0, 200, 40)})
    sending = await start(200, rate=100.0)
    await sending.chunk(equipment)
    assert await sending.states() == Counter(accepted=195, planned=5)
    assert await _shares(sending) == [1.0]


async def test_nothing_begins_before_the_wait_that_twilio_asked_for_has_ended(
    start: Start, sending_settings: Settings, twilio: Twilio
) -> None:
    await twilio.set(retry_after=3, scripts={phone(0): {"error": 20429}})
    sending = await start(150, rate=60.0)
    workers = [asyncio.create_task(_send_everything(sending, sending_settings)) for _ in range(2)]

    async def complained() -> bool:
        return any(entry["answer"] == 429 for entry in await _log(twilio))

    await until(complained)
    await twilio.set(scripts=None)
    await asyncio.gather(*workers)
    log = await _log(twilio)
    refused_at = next(float(entry["answered_monotonic"]) for entry in log if entry["answer"] == 429)
    soon = [entry for entry in log if refused_at + 0.5 < float(entry["received_monotonic"]) < refused_at + 2.95]
    assert soon == [], "half a second for the word to reach every worker's gate"
    assert await sending.states() == Counter(accepted=150)


async def test_a_limit_of_the_day_lets_the_sender_rest_and_keeps_everyone(
    start: Start, equipment: Equipment, twilio: Twilio
) -> None:
    await twilio.set(scripts={phone(0): {"error": 63038}})
    sending = await start(60, rate=40.0)
    tally = await sending.chunk(equipment)
    assert tally.exhausted
    states = await sending.states()
    assert states["planned"] + states["accepted"] == 60
    assert states["planned"] > 20
    assert (await sending.chunk(equipment)).taken == 0
    assert (await sending.reload()).stopped_because is None, "it goes on by itself"
    async with sending.engine.connect() as connection:
        left = await connection.execute(text("SELECT extract(epoch FROM max(closed_until) - now()) FROM budgets"))
        assert 86_000 < float(left.scalar_one()) <= 86_400
        told = await connection.execute(text("SELECT what FROM campaign_events WHERE actor = 'twilio'"))
        assert told.scalars().all() == ["sender rests"]
        lying = await left_lying(connection, now=utc_now(), patience=0)
        assert lying == [], "the sweep leaves it alone until then"
    await _start_again(sending)
    await twilio.set(scripts=None)
    await sending.chunk(equipment)
    assert (await sending.states())["accepted"] >= 59, "a person may say that the limit was raised"


async def _start_again(sending: Sending) -> None:
    async with sending.engine.begin() as connection:
        sender = await load_sender(connection, sending.run.sender_id)
        resumed = await resume_after_fix(connection, await sending.reload(), sender=sender, now=utc_now())
    assert resumed.sender


@pytest.mark.alone
async def test_an_urgent_campaign_goes_ahead_of_bulk_on_the_same_sender(
    start: Start, sending_settings: Settings, twilio: Twilio
) -> None:
    sending = await start(400, name="Bulk", body="bulk")
    async with sending.engine.begin() as connection:
        await connection.execute(text("UPDATE senders SET rate = 60"))
        await connection.execute(text("UPDATE budgets SET rate = 60"))
    workers = [asyncio.create_task(_send_everything(sending, sending_settings)) for _ in range(3)]
    await asyncio.sleep(1.0)
    urgent = await start(0, name="Urgent", body="urgent", priority="urgent")
    assert (urgent.run.urgency, sending.run.urgency) == (Urgency.URGENT, Urgency.BULK)
    began = time.monotonic()
    workers.append(asyncio.create_task(_send_everything(urgent, sending_settings)))
    await asyncio.sleep(3.5)
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    after = [
        entry for entry in await _log(twilio) if began + 1.5 < float(entry["received_monotonic"]) < began + 3.5
    ]
    bodies = Counter(entry["body"] for entry in after)
    assert bodies["urgent"] > 0.8 * (bodies["urgent"] + bodies["bulk"])
    assert bodies["urgent"] > 0.6 * 60 * 2.0, "and the sender is kept busy"
