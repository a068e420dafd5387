"""Calls webhooks as Twilio does: signed forms, overrides of the URL obeyed, a bounded number at once."""

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from simulator.overrides import Overrides, parse_overrides
from simulator.signature import sign

LANES = 32
USER_AGENT = "TwilioProxy/1.1"


@dataclass(slots=True)
class Call:
    """One webhook call, with its form fields; retries keep the idempotency token."""

    url: str
    params: list[tuple[str, str]]
    token: str = field(default_factory=lambda: str(uuid.uuid4()))
    tries: int = 0
    began: float = 0.0

    @property
    def account_sid(self) -> str:
        """Whose token signs it."""
        return next((value for name, value in self.params if name == "AccountSid"), "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status with its body, or how it failed (`ct`, `rt`, `4xx`, `5xx`, `url`)."""

    status: int | None
    body: str = ""
    failure: str | None = None


class Courier:
    """Posts calls over kept connections. Calls of one lane key arrive in their order, retries aside."""

    def __init__(self, *, token_of: Callable[[str], str], counts: Counter[str]) -> None:
        self._token_of = token_of
        self._counts = counts
        self._lanes: list[asyncio.Queue[Call]] = []
        self._workers: set[asyncio.Task[None]] = set()
        self._retries: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self.retry_delay = 0.5

    async def open(self) -> None:
        """Starts the lanes; must run on the event loop that posts."""
        # Kept shorter than servers keep an idle connection (uvicorn: 5 s), so that none is called on a dead one.
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=2.0)
        self._session = aiohttp.ClientSession(connector=connector, auto_decompress=True)
        self._lanes = [asyncio.Queue() for _ in range(LANES)]
        for lane in self._lanes:
            _keep(self._workers, self._work(lane))

    async def close(self) -> None:
        """Stops at once; what was not posted is not posted."""
        self.drop()
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def drop(self) -> None:
        """Forgets every call that waits, in a lane or for its retry."""
        for retry in self._retries:
            retry.cancel()
        for lane in self._lanes:
            while not lane.empty():
                lane.get_nowait()

    def waiting(self) -> int:
        """Calls in the lanes that have not begun."""
        return sum(lane.qsize() for lane in self._lanes)

    def post(self, call: Call, *, lane: str) -> None:
        """Posts a call in its turn, and again as its URL's overrides say."""
        self._lanes[hash(lane) % LANES].put_nowait(call)

    async def call(self, call: Call) -> Answer:
        """Posts a call now, with its retries, and returns the last answer."""
        answer, wait = await self._try(call)
        while wait is not None:
            await asyncio.sleep(wait)
            answer, wait = await self._try(call)
        return answer

    async def _work(self, lane: asyncio.Queue[Call]) -> None:
        while True:
            call = await lane.get()
            _, wait = await self._try(call)
            if wait is not None:  # waits outside the lane, which others must not wait for
                _keep(self._retries, self._again(call, lane, wait))

    async def _again(self, call: Call, lane: asyncio.Queue[Call], wait: float) -> None:
        await asyncio.sleep(wait)
        lane.put_nowait(call)

    async def _try(self, call: Call) -> tuple[Answer, float | None]:
        """One attempt, with the seconds to wait before the next one, or None when there is none."""
        overrides = parse_overrides(call.url)
        call.began = call.began or time.monotonic()
        call.tries += 1
        answer = await self._send(call, overrides)
        self._counts["webhook_calls"] += 1
        if answer.failure is None:
            return answer, None
        wait = self.retry_delay * 2 ** (call.tries - 1)
        in_time = time.monotonic() - call.began + wait < overrides.total
        if call.tries <= overrides.retries and overrides.retry(answer.failure) and in_time:
            self._counts["webhook_retries"] += 1
            return answer, wait
        self._counts["webhook_failures"] += 1
        return answer, None

    async def _send(self, call: Call, overrides: Overrides) -> Answer:
        if self._session is None:
            raise RuntimeError("the courier is not open")
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=overrides.connect, sock_read=overrides.read)
        try:
            url = URL(call.url.partition("#")[0], encoded=True)
            async with self._session.post(
                url, data=urlencode(call.params), headers=self._headers(call), timeout=timeout
            ) as response:
                body = await response.text(errors="replace")
        except (aiohttp.SocketTimeoutError, aiohttp.ClientPayloadError):
            return Answer(None, failure="rt")
        except (aiohttp.InvalidURL, ValueError):
            return Answer(None, failure="url")
        except (aiohttp.ClientError, TimeoutError, OSError):
            return Answer(None, failure="ct")
        failure = f"{response.status // 100}xx" if response.status >= 400 else None
        return Answer(response.status, body, failure)

    def _headers(self, call: Call) -> dict[str, str]:
        return {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": USER_AGENT,
            "X-Twilio-Signature": sign(call.url, call.params, auth_token=self._token_of(call.account_sid)),
            "I-Twilio-Idempotency-Token": call.token,
        }


def _keep(tasks: set[asyncio.Task[None]], work: Coroutine[Any, Any, None]) -> None:
    """Starts work and holds it: the event loop alone would let it be collected."""
    task = asyncio.create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)
