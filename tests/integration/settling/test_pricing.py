"""Prices and segments are read from Twilio's list once it has billed, an hour's messages after the other."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import text

from messaging.settings import Settings
from models.columns import utc_now
from models.exclusive import Duty, exclusive
from tasks.equipment import Equipment, open_equipment
from tasks.pricing import PriceTally, read_prices
from tests.fixtures.campaigns import Sending
from tests.fixtures.sending import Start
from tests.simulator.running import QUICK, Twilio, until

WAITED = timedelta(hours=25, minutes=30)


async def _sent(start: Start, tools: Equipment, twilio: Twilio, *, people: int) -> Sending:
    await twilio.set(delays=QUICK)
    assert await read_prices(tools) == PriceTally(), "prices are read from now on"
    sending = await start(people)
    await sending.chunk(tools)

    async def ended() -> bool:
        rows = (await sending.rows()).values()
        return {(await twilio.fetch(row.twilio_sid))["status"] for row in rows} == {"delivered"}

    await until(ended)
    return sending


def _later(tools: Equipment) -> Equipment:
    return replace(tools, clock=lambda: utc_now() + WAITED)


async def test_prices_are_read_a_day_later_hour_by_hour(start: Start, hasty: Equipment, twilio: Twilio) -> None:
    sending = await _sent(start, hasty, twilio, people=3)
    assert await read_prices(hasty) == PriceTally()
    tallies = [await read_prices(_later(hasty)) for _ in range(6)]
    assert [tally.windows for tally in tallies] == [6, 6, 6, 6, 1, 0]
    assert sum(tally.changed for tally in tallies) == 3
    rows = (await sending.rows()).values()
    found = Counter((row.price, row.price_unit, row.segments) for row in rows)
    assert found == Counter({(Decimal("-0.0079"), "USD", 1): 3})
    assert {row.state for row in rows} == {"accepted"}, "statuses are no concern of this"


async def test_an_hour_that_could_not_be_read_is_read_again(
    start: Start, hasty: Equipment, twilio: Twilio, sending_settings: Settings
) -> None:
    await _sent(start, hasty, twilio, people=1)
    async with hasty.engine.begin() as connection:  # the hour of the message is the next, of two
        changed = "UPDATE price_checks SET complete_until = clock_timestamp() - interval '30 minutes'"
        await connection.execute(text(changed))
    away = sending_settings.model_copy(update={"twilio_api_base_url": "http://127.0.0.1:9"})
    async with open_equipment(away) as cut_off:
        assert await read_prices(_later(cut_off)) == PriceTally()
    assert await read_prices(_later(hasty)) == PriceTally(windows=2, changed=1)


async def test_only_one_reads_at_a_time(hasty: Equipment) -> None:
    async with exclusive(hasty.engine, Duty.PRICING):
        assert (await read_prices(hasty)).busy
