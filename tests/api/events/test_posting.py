"""One webhook at a time: where it may not go, and what its failures are called."""

from uuid import UUID

import pytest
from aiohttp import web

from api.outgoing.posting import post, webhook_session
from models.columns import utc_now
from models.events.delivered import Attempt
from models.events.outgoing import Claimed, Listener
from models.events.reading import Published
from models.events.subscriptions import new_secret
from tests.api.events.receiver import Got, Receiver

EVENT = Published(1, 1, UUID(int=1), "message.received", 1, {"message_id": 1}, utc_now())


async def posted(address: str, *, allow_private: bool = True) -> Attempt:
    listener = Listener(
        id=UUID(int=2),
        organization_id=UUID(int=1),
        target="webhook",
        address=address,
        secret=new_secret(),
        include_content=False,
        failures=0,
    )
    async with webhook_session(allow_private=allow_private) as session:
        return await post(session, listener, Claimed(7, 1, EVENT), None)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_nothing_connects_into_a_private_network(receiver: Receiver, host: str) -> None:
    """Whatever the subscription's check let pass: the address is looked at again when the connection is made."""
    attempt = await posted(receiver.url.replace("127.0.0.1", host) + "/hook", allow_private=False)
    assert attempt.error is not None
    assert attempt.error.startswith("No connection:")
    assert "private network" in attempt.error
    assert receiver.got == []


async def test_taken(receiver: Receiver) -> None:
    assert await posted(f"{receiver.url}/hook") == Attempt(7, 1, http_status=200)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://127.0.0.1:9/", "No connection: "),
        ("http://nowhere.invalid/", "No connection: "),
        ("http://127.0.0.1:0/", "No connection: "),
    ],
    ids=["nobody listens", "no such name", "no port"],
)
async def test_a_failure_has_words(address: str, says: str) -> None:
    attempt = await posted(address)
    assert attempt.http_status is None
    assert (attempt.error or "").startswith(says)


@pytest.mark.parametrize(
    ("given", "waits"),
    [("120", 120.0), ("999999", 3_600.0), ("soon", None)],
    ids=["named", "too long", "unreadable"],
)
async def test_retry_after_is_heeded_up_to_an_hour(receiver: Receiver, given: str, waits: float | None) -> None:
    async def answer(_: Got, __: int) -> web.Response:
        return web.Response(status=429, headers={"Retry-After": given})

    receiver.answer = answer
    attempt = await posted(f"{receiver.url}/hook")
    assert (attempt.http_status, attempt.retry_after) == (429, waits)


async def test_an_answer_that_never_ends_is_not_read(receiver: Receiver) -> None:
    async def answer(_: Got, __: int) -> web.Response:
        return web.Response(body=b"x" * 50_000_000)

    receiver.answer = answer
    assert (await posted(f"{receiver.url}/hook")).http_status == 200
