"""Replies filled from another system's answer, and what is said when there is none."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from messaging.lookups import Question, look_up
from models.columns import utc_now
from models.inbound.handling import NO_REPLY, handle_inbound
from models.inbound.payload import InboundMessage
from models.replies.lookups import answer_lookup
from models.replies.terms import ReplyTerms
from tests.conftest import TRANSACTIONAL_SERVICE
from tests.integration.replies.conftest import PERSON, Talk, texts_of
from tests.integration.replies.shop import Shop, open_shop
from tests.simulator.running import ACCOUNT_SID, until

LIVE = ReplyTerms(per_minute=5, public_base_url="http://127.0.0.1:9")


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with open_shop() as shop:
        yield shop


def rules(shop: Shop) -> str:
    return f"""
rules:
  - words: [status]
    lookup:
      url: {shop.url}/orders?phone={{{{ phone | url_encode }}}}
      values: {{state: order.state, item: order.items.0.name}}
      otherwise: 'Please call us.'
    reply: 'Your {{{{ item }}}} is {{{{ state }}}}.'
"""


async def test_the_reply_has_the_values(talk: Talk, shop: Shop) -> None:
    await talk.rules(rules(shop))
    assert await talk.say("Status?") == ["Your tea is on its way."]
    assert [request.query["phone"] for request in shop.asked] == [PERSON]
    await talk.until_states("delivered")
    waiting = (
        "SELECT (SELECT count(*) FROM reply_lookups), count(*) FROM webhook_events WHERE processed_at IS NULL"
    )
    assert await talk.rows(waiting) == [(0, 0)]


async def test_a_late_answer_is_no_answer_and_holds_no_lock(talk: Talk, shop: Shop) -> None:
    shop.delay = 3.5
    await talk.rules(rules(shop))
    said = asyncio.create_task(talk.say("status"))
    await until(lambda: shop.asked)
    for table in ("conversations", "contacts", "messages"):
        await talk.rows(f"SELECT id FROM {table} FOR UPDATE NOWAIT")  # noqa: S608 (only the names above)
    assert await said == ["Please call us."]


WRONG = {
    "not found": (404, "{}"),
    "elsewhere": (302, "{}"),
    "no JSON": (200, "<html>"),
    "a list": (200, "[]"),
    "a value is missing": (200, '{"state": "x"}'),
    "a value is an object": (200, '{"state": {"a": 1}, "item": "x"}'),
    "too large": (200, '{"state": "x", "item": "' + "y" * 70_000 + '"}'),
    "nested too deeply": (200, "[" * 60_000),
}


@pytest.mark.parametrize("case", WRONG)
async def test_what_is_no_answer(shop: Shop, case: str) -> None:
    shop.status, shop.answer = WRONG[case]
    assert await look_up(Question(shop.url, {"state": "state", "item": "item"})) is None
    assert len(shop.asked) == 1


async def test_a_request_is_signed_with_the_secret(shop: Shop) -> None:
    shop.answer = '{"a": 1, "b": true}'
    found = await look_up(Question(f"{shop.url}/x", {"a": "a", "b": "b"}, secret="s3cret"))
    assert found == {"a": "1", "b": "true"}
    assert shop.asked[0].headers["Tidings-Signature"].startswith("t=")


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "[::1]:1", "[::ffff:10.0.0.1]", "100.64.0.1"])
async def test_no_address_inside_a_network_is_asked(host: str) -> None:
    question = Question(f"https://{host}/", {"a": "a"})
    assert await look_up(question, seconds=0.2) is None


def _message(number: int = 1) -> InboundMessage:
    return InboundMessage(
        twilio_sid=f"SM{number:032x}",
        account_sid=ACCOUNT_SID,
        phone=PERSON,
        our_number="+12025550100",
        service_sid=TRANSACTIONAL_SERVICE,
        body="status",
    )


async def test_a_crash_before_the_answer_is_made_good(talk: Talk, shop: Shop) -> None:
    """The first transaction was committed, the second one never came; then Twilio posts again."""
    await talk.rules(rules(shop))
    now = utc_now()
    async with talk.engine.begin() as connection:
        first = await handle_inbound(connection, _message(), now=now, terms=LIVE)
    async with talk.engine.begin() as connection:
        again = await handle_inbound(connection, _message(), now=now, terms=LIVE)
        assert first.lookup is not None
        assert (again.lookup, again.answer) == (first.lookup, NO_REPLY)
        values = {"state": "here", "item": "tea"}
        twiml, _ = await answer_lookup(connection, _message(), values, terms=LIVE, now=now)
        assert texts_of(twiml) == ["Your tea is here."]
    async with talk.engine.begin() as connection:
        assert await answer_lookup(connection, _message(), values, terms=LIVE, now=now) == (NO_REPLY, None)
        assert (await handle_inbound(connection, _message(), now=now, terms=LIVE)).lookup is None


async def test_the_sweep_says_otherwise_by_the_outbox(talk: Talk, shop: Shop) -> None:
    await talk.rules(rules(shop))
    for _ in range(2):
        async with talk.engine.begin() as connection:
            assert (await handle_inbound(connection, _message(), now=utc_now())).answer == NO_REPLY
    planned = "SELECT body, state::text, cause, direction FROM messages ORDER BY id DESC LIMIT 1"
    assert await talk.rows(planned) == [("Please call us.", "planned", "reply: status", "outbound")]
    assert await talk.rows("SELECT count(*) FROM messages") == [(2,)]
    assert shop.asked == []
