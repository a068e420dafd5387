"""A simulator as a process of its own, and a webhook receiver to hear what it says."""

import asyncio
import os
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web

from tests.fixtures.web import listening_to_all

ACCOUNT_SID = "AC" + "0f" * 16
AUTH_TOKEN = "token-of-the-test"
API_KEY_SID = "SK" + "1e" * 16
API_KEY_SECRET = "secret-of-the-test"
SERVICE = "MG" + "2d" * 16
OTHER_SERVICE = "MG" + "3c" * 16
ENVIRONMENT = {
    "SIMULATOR_ACCOUNT_SID": ACCOUNT_SID,
    "SIMULATOR_AUTH_TOKEN": AUTH_TOKEN,
    "SIMULATOR_API_KEY_SID": API_KEY_SID,
    "SIMULATOR_API_KEY_SECRET": API_KEY_SECRET,
}
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages"
QUICK = {name: {"low": 0.0, "high": 0.01} for name in ("queued", "sent", "final", "read")}


@contextmanager
def simulator_process(*options: str) -> Iterator[str]:
    """Runs the simulator on a free port and yields its address; it must end by itself when told to."""
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", "--port", "0", *options],
        env={**os.environ, **ENVIRONMENT},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process:
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()
            assert process.wait(5) == 0


@dataclass(frozen=True)
class Answered:
    """An HTTP answer, read."""

    status: int
    json: Any
    headers: dict[str, str]


@dataclass
class Twilio:
    """What a test does with the simulator, over HTTP."""

    url: str
    session: aiohttp.ClientSession
    user: tuple[str, str] = (ACCOUNT_SID, AUTH_TOKEN)

    async def request(self, method: str, path: str, **given: Any) -> Answered:
        async with self.session.request(
            method, self.url + path, headers={"Authorization": basic(*self.user)}, **given
        ) as answer:
            text = await answer.read()
            is_json = answer.content_type == "application/json" and text
            return Answered(answer.status, await answer.json() if is_json else text.decode(), dict(answer.headers))

    async def create(self, to: str, body: str = "Hello", **fields: Any) -> Answered:
        """Creates a message to `to`; from the test's Messaging Service unless fields say otherwise."""
        form: dict[str, Any] = {"To": to, "MessagingServiceSid": SERVICE, "Body": body, **fields}
        pairs = [(name, each) for name, value in form.items() for each in _each(value)]
        return await self.request("POST", f"{MESSAGES}.json", data=pairs)

    async def fetch(self, sid: str) -> Any:
        return (await self.request("GET", f"{MESSAGES}/{sid}.json")).json

    async def set(self, **patch: Any) -> Any:
        answer = await self.request("PATCH", "/simulator/settings", json=patch)
        assert answer.status == 200, answer.json
        return answer.json

    async def get(self, path: str) -> Any:
        return (await self.request("GET", f"/simulator/{path}")).json

    async def say(self, person: str, body: str, **fields: Any) -> Any:
        """A person sends a message to the test's Messaging Service."""
        message = {"from": person, "messaging_service_sid": SERVICE, "body": body, **fields}
        answer = await self.request("POST", "/simulator/inbound", json=message)
        assert answer.status == 200, answer.json
        return answer.json

    async def until_status(self, sid: str, status: str) -> Any:
        async def reached() -> bool:
            return bool((await self.fetch(sid))["status"] == status)

        await until(reached)
        return await self.fetch(sid)


def basic(user: str, password: str) -> str:
    """The Authorization header of a user."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


@dataclass(frozen=True)
class Heard:
    """A webhook call as it arrived."""

    url: str
    form: dict[str, str]
    headers: dict[str, str]
    at: float


@dataclass
class Webhooks:
    """Everything that was posted to the receiver; `answer` decides what it says."""

    url: str = ""
    calls: list[Heard] = field(default_factory=list)
    answer: Callable[[Heard], web.Response] = lambda _call: web.Response()

    async def take(self, request: web.Request) -> web.Response:
        form = dict(parse_qsl(await request.text(), keep_blank_values=True, strict_parsing=True))
        call = Heard(f"{self.url}{request.path_qs}", form, dict(request.headers), time.monotonic())
        self.calls.append(call)
        return self.answer(call)

    def statuses(self, sid: str) -> list[str]:
        return [call.form["MessageStatus"] for call in self.calls if call.form.get("MessageSid") == sid]

    async def count(self, number: int) -> list[Heard]:
        """Waits until so many calls came."""
        await until(lambda: len(self.calls) >= number)
        return self.calls


@asynccontextmanager
async def webhook_receiver() -> AsyncIterator[Webhooks]:
    """A web server on a free port that hears everything that is posted to it."""
    webhooks = Webhooks()
    async with listening_to_all(webhooks.take) as webhooks.url:
        yield webhooks


async def until(condition: Callable[[], Any], *, seconds: float = 10.0) -> None:
    """Waits until a condition (plain or async) holds; fails the test when it does not in time."""
    deadline = time.monotonic() + seconds
    while True:
        held = condition()
        if await held if asyncio.iscoroutine(held) else held:
            return
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)
