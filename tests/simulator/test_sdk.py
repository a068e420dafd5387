"""Twilio's own Python SDK drives the simulator: create, fetch, list, cancel, delete, errors."""

import asyncio
import functools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from tests.simulator.running import (
    ACCOUNT_SID,
    API_KEY_SECRET,
    API_KEY_SID,
    AUTH_TOKEN,
    SERVICE,
    Twilio,
)

T = TypeVar("T")
TO = "+12125550101"


class ToSimulator(TwilioHttpClient):  # type: ignore[misc]  # the SDK has no types
    """The SDK's own HTTP client, with Twilio's address replaced by the simulator's."""

    def __init__(self, url: str) -> None:
        super().__init__(pool_connections=False)
        self._to = url

    def request(self, method: str, url: str, *args: Any, **given: Any) -> Response:
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return super().request(method, self._to + parts.path + query, *args, **given)


@pytest.fixture
def client(twilio: Twilio) -> Client:
    return Client(ACCOUNT_SID, AUTH_TOKEN, http_client=ToSimulator(twilio.url))


async def aside(call: Callable[[], T]) -> T:
    """Runs a call of the synchronous SDK beside the event loop."""
    return await asyncio.to_thread(call)


async def test_create_fetch_and_delete(client: Client, twilio: Twilio) -> None:
    created = await aside(
        lambda: client.messages.create(to=TO, messaging_service_sid=SERVICE, body="From the SDK ✓")
    )
    assert (created.status, created.num_segments, created.date_sent) == ("accepted", "0", None)
    assert created.date_created is not None
    assert abs(datetime.now(UTC) - created.date_created) < timedelta(seconds=5)
    assert created.sid is not None
    await twilio.until_status(created.sid, "delivered")
    fetched = await aside(client.messages(created.sid).fetch)
    assert (fetched.body, fetched.status, fetched.num_segments) == ("From the SDK ✓", "delivered", "1")
    assert fetched.date_sent is not None
    assert await aside(client.messages(created.sid).delete) is True


async def test_list_and_its_pages(client: Client) -> None:
    create = functools.partial(client.messages.create, to=TO, messaging_service_sid=SERVICE)
    for number in range(5):
        await aside(functools.partial(create, body=str(number)))
    everything = await aside(lambda: client.messages.list(to=TO, page_size=2))
    assert [message.body for message in everything] == ["4", "3", "2", "1", "0"]
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert await aside(lambda: client.messages.list(date_sent_after=tomorrow)) == []


async def test_schedule_and_cancel(client: Client) -> None:
    created = await aside(
        lambda: client.messages.create(
            to=TO,
            messaging_service_sid=SERVICE,
            body="Later",
            schedule_type="fixed",
            send_at=datetime.now(UTC) + timedelta(hours=1),
        )
    )
    assert created.status == "scheduled"
    assert created.sid is not None
    context = client.messages(created.sid)
    assert (await aside(lambda: context.update(status="canceled"))).status == "canceled"


async def test_an_api_key(twilio: Twilio) -> None:
    keyed = Client(API_KEY_SID, API_KEY_SECRET, account_sid=ACCOUNT_SID, http_client=ToSimulator(twilio.url))
    await aside(lambda: keyed.messages.create(to=TO, messaging_service_sid=SERVICE, body="Keyed"))
    assert (await twilio.get("messages"))["messages"][0]["credential"] == "api_key"


@pytest.mark.parametrize(
    ("to", "code", "status"), [("+15005550001", 21211, 400), ("+15005550004", 21610, 400), ("", 21604, 400)]
)
async def test_errors_are_the_sdks_own(client: Client, to: str, code: int, status: int) -> None:
    with pytest.raises(TwilioRestException) as caught:
        await aside(lambda: client.messages.create(to=to, messaging_service_sid=SERVICE, body="Hi"))
    assert (caught.value.code, caught.value.status) == (code, status)
    assert str(code) in caught.value.uri or caught.value.uri.endswith("Messages.json")
