"""The API as it runs: uvicorn in a process of its own on a free port, and Twilio's side of the conversation."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import IO
from urllib.parse import urlencode

import httpx
from twilio.request_validator import RequestValidator

from tests.conftest import ACCOUNT_SID, AUTH_TOKEN, MARKETING_SERVICE, TRANSACTIONAL_SERVICE

PUBLIC_URL = "https://hooks.tidings.test"
STATUS = "/webhooks/twilio/status"
INBOUND = "/webhooks/twilio/inbound"
PERSON = "+12025550177"
Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Api:
    """Posts to a running API as Twilio does; `start_seconds` is how long it took to answer first."""

    client: httpx.AsyncClient
    start_seconds: float

    async def post(
        self, path: str, fields: Fields | Sequence[tuple[str, str]], *, token: str = AUTH_TOKEN
    ) -> httpx.Response:
        """A form signed with Twilio's own library; `path` may have a query."""
        pairs = list(fields.items()) if isinstance(fields, Mapping) else list(fields)
        return await self.post_raw(path, urlencode(pairs), signature=sign(path, pairs, token=token))

    async def post_raw(
        self, path: str, body: str | bytes, *, signature: str | None, content_type: str | None = None
    ) -> httpx.Response:
        headers = {"Content-Type": content_type or "application/x-www-form-urlencoded"}
        if signature is not None:
            headers["X-Twilio-Signature"] = signature
        return await self.client.post(path, content=body, headers=headers)

    async def status(self, status: str, *, sid: str, query: str = "", **more: str) -> httpx.Response:
        fields = {"AccountSid": ACCOUNT_SID, "MessageSid": sid, "MessageStatus": status, **more}
        return await self.post(STATUS + query, fields)

    async def inbound(self, body: str, *, sid: str, **more: str) -> httpx.Response:
        fields = {
            "AccountSid": ACCOUNT_SID,
            "MessageSid": sid,
            "From": PERSON,
            "To": "+12025550100",
            "MessagingServiceSid": MARKETING_SERVICE,
            "Body": body,
            "NumMedia": "0",
            **more,
        }
        return await self.post(INBOUND, {name: value for name, value in fields.items() if value != "-"})


class _Values(dict[str, list[str]]):
    def getall(self, name: str) -> list[str]:
        return self[name]


def sign(path: str, pairs: Sequence[tuple[str, str]], *, token: str = AUTH_TOKEN) -> str:
    """X-Twilio-Signature as Twilio computes it for a form."""
    values = _Values()
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return str(RequestValidator(token).compute_signature(PUBLIC_URL + path, values))


@asynccontextmanager
async def running_api(database_url: str, *, log: IO[bytes] | None = None, **changes: str) -> AsyncIterator[Api]:
    """Starts the API as `tidings up` does, with some settings changed, and stops it at the end.

    What it logs goes to `log`, or to this process's own standard error.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ("-m", "uvicorn", "api.app:create_app", "--factory", "--port", str(port), "--no-access-log")
    started = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, env=environment(database_url) | changes, stderr=log
    )
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20, limits=limits) as client:
            await _answers(client, until=started + 20)
            yield Api(client, time.monotonic() - started)
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 10)


async def _answers(client: httpx.AsyncClient, *, until: float) -> None:
    while True:
        try:
            await client.get("/healthz")
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.02)
        else:
            return


def environment(database_url: str) -> dict[str, str]:
    """The settings of the API under test, with this process's own environment around them."""
    return {
        **os.environ,
        "TIDINGS_ENV_FILE": "",
        "TIDINGS_DATABASE_URL": database_url,
        "TIDINGS_QUIET_HOURS": "off",
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_MESSAGING_SERVICE_MARKETING": MARKETING_SERVICE,
        "TWILIO_MESSAGING_SERVICE_TRANSACTIONAL": TRANSACTIONAL_SERVICE,
        "PUBLIC_BASE_URL": PUBLIC_URL,
    }
