"""Lives that take longer than a test may wait over HTTP: scheduled messages when their time comes."""

import pytest

from simulator.chance import Chance
from simulator.credentials import Credentials
from simulator.dates import now
from simulator.exchange import Exchange
from simulator.lifecycle import Life
from simulator.messages import Message
from simulator.settings import Settings, changed
from tests.simulator.running import ACCOUNT_SID, AUTH_TOKEN, QUICK, SERVICE, until

TO = "+12125550101"


async def no_reaction(_message: Message, _chance: Chance) -> None:
    """The recipient does nothing."""


async def scheduled(exchange: Exchange) -> Message:
    """A message whose time comes in a tenth of a second."""
    message = Message(ACCOUNT_SID, TO, None, "Later", "outbound-api", "scheduled", service_sid=SERVICE)
    message.send_at = now() + 0.1
    exchange.store.add(message)
    await Life(exchange, message, chance=exchange.chance(TO, "Later"), reaction=no_reaction).begin()
    return message


@pytest.fixture
def exchange() -> Exchange:
    settings = changed(Settings(), {"delays": QUICK})
    return Exchange(credentials=Credentials(ACCOUNT_SID, AUTH_TOKEN), settings=settings)


async def test_it_is_sent_when_its_time_comes(exchange: Exchange) -> None:
    message = await scheduled(exchange)
    await until(lambda: message.status == "delivered")
    assert message.send_at is not None
    assert message.sent_at is not None
    assert message.sent_at >= message.send_at


async def test_a_canceled_one_is_not_sent(exchange: Exchange) -> None:
    message = await scheduled(exchange)
    message.advance("canceled")
    await until(lambda: exchange.under_way == 0)
    assert (message.status, message.sent_at) == ("canceled", None)


async def test_one_to_who_stopped_meanwhile_fails(exchange: Exchange) -> None:
    message = await scheduled(exchange)
    exchange.opt_outs.hear("STOP", person=TO, sender_key=SERVICE)
    await until(lambda: exchange.under_way == 0)
    assert (message.status, message.error_code, message.sent_at) == ("failed", 21610, None)
