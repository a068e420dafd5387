"""Messages whose end nobody reported are looked up at Twilio, a few times, and get status, price, segments."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from messaging.settings import Settings
from models.exclusive import Duty, exclusive
from tasks.equipment import Equipment, open_equipment
from tasks.polling import PollTally, poll_statuses
from tests.fixtures.campaigns import Sending
from tests.fixtures.sending import Start
from tests.integration.population import phone
from tests.simulator.running import QUICK, Twilio, until


async def _age(tools: Equipment, hours: float) -> None:
    async with tools.engine.begin() as connection:
        await connection.execute(
            text("UPDATE messages SET claimed_at = clock_timestamp() - make_interval(secs => :seconds)"),
            {"seconds": hours * 3600},
        )


async def _sent(start: Start, tools: Equipment, twilio: Twilio, *, people: int, **settings: Any) -> Sending:
    """A campaign whose messages end at Twilio, and whose callbacks nobody hears."""
    await twilio.set(delays=QUICK, **settings)
    sending = await start(people)
    await sending.chunk(tools)
    assert await sending.states() == Counter(accepted=people)

    async def ended() -> bool:
        rows = (await sending.rows()).values()
        statuses = [(await twilio.fetch(row.twilio_sid))["status"] for row in rows]
        return set(statuses) <= {"delivered", "undelivered", "failed"}

    await until(ended)
    return sending


async def test_the_end_comes_with_price_and_segments(start: Start, hasty: Equipment, twilio: Twilio) -> None:
    sending = await _sent(start, hasty, twilio, people=3)
    await _age(hasty, 0.9)
    assert await poll_statuses(hasty) == PollTally()
    await _age(hasty, 1.1)
    assert await poll_statuses(hasty) == PollTally(looked_up=3, changed=3)
    for row in (await sending.rows()).values():
        assert (row.state, row.price, row.price_unit, row.segments) == ("delivered", Decimal("-0.0079"), "USD", 1)
    async with hasty.engine.connect() as connection:
        events = (await connection.execute(text("SELECT status FROM message_events"))).scalars().all()
    assert events == ["delivered"] * 3
    assert await poll_statuses(hasty) == PollTally()


async def test_a_failure_brings_its_code(start: Start, hasty: Equipment, twilio: Twilio) -> None:
    script = {phone(0): {"status": "undelivered", "error_code": 30005}}
    sending = await _sent(start, hasty, twilio, people=1, scripts=script)
    await _age(hasty, 1.1)
    assert (await poll_statuses(hasty)).changed == 1
    row = (await sending.rows())[phone(0)]
    assert (row.state, row.error_code, row.failed_at) == ("undelivered", 30005, "delivery")


async def test_each_is_looked_up_at_most_three_times_ever_later(
    start: Start, hasty: Equipment, twilio: Twilio
) -> None:
    await twilio.set(delays={"queued": {"low": 600, "high": 600}})
    sending = await start(1)
    await sending.chunk(hasty)
    looks = []
    for hours in (0.5, 1.5, 1.6, 3.9, 4.1, 23.0, 24.5, 40.0, 47.0, 60.0):
        await _age(hasty, hours)
        looks.append((await poll_statuses(hasty)).looked_up)
    assert looks == [0, 1, 0, 0, 1, 0, 1, 0, 0, 0]


async def test_after_a_day_without_a_look_one_is_enough(start: Start, hasty: Equipment, twilio: Twilio) -> None:
    await twilio.set(delays={"queued": {"low": 600, "high": 600}})
    await (await start(1)).chunk(hasty)
    await _age(hasty, 30)
    assert [(await poll_statuses(hasty)).looked_up for _ in range(2)] == [1, 0]


async def test_one_that_twilio_has_no_more_stays_as_it_is(start: Start, hasty: Equipment, twilio: Twilio) -> None:
    sending = await _sent(start, hasty, twilio, people=1)
    await twilio.request("POST", "/simulator/reset")
    await _age(hasty, 1.1)
    assert await poll_statuses(hasty) == PollTally(looked_up=1)
    assert await sending.states() == Counter(accepted=1)


async def test_twilio_away_is_asked_again_later(
    start: Start, hasty: Equipment, twilio: Twilio, sending_settings: Settings
) -> None:
    await _sent(start, hasty, twilio, people=2)
    await _age(hasty, 1.1)
    away = sending_settings.model_copy(update={"twilio_api_base_url": "http://127.0.0.1:9"})
    async with open_equipment(away) as cut_off:
        assert await poll_statuses(cut_off) == PollTally(unread=2)
    assert await poll_statuses(hasty) == PollTally(looked_up=2, changed=2)


async def test_only_one_looks_at_a_time(hasty: Equipment) -> None:
    async with exclusive(hasty.engine, Duty.POLLING):
        assert (await poll_statuses(hasty)).busy


@pytest.mark.parametrize("state", ["delivered", "failed", "canceled", "read", "planned"])
async def test_what_has_an_end_or_never_left_is_not_looked_up(state: str, start: Start, hasty: Equipment) -> None:
    await (await start(1)).chunk(hasty)
    async with hasty.engine.begin() as connection:
        await connection.execute(text("UPDATE messages SET state = CAST(:s AS message_state)"), {"s": state})
    await _age(hasty, 2)
    assert await poll_statuses(hasty) == PollTally()
