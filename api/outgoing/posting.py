"""One signed POST to another system, with a time limit, and what came of it in words."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientConnectorError, ClientError, ClientResponse, ClientSession, ClientTimeout, TCPConnector

from api.outgoing.signing import signed_headers
from messaging.business_clock import real_now
from messaging.public_hosts import public_connector
from messaging.retry_after import seconds_to_wait
from models.events.backoff import LONGEST_WAIT
from models.events.delivered import Attempt
from models.events.outgoing import Claimed, Listener

SECONDS = 10.0
"""Time limit of one webhook, from the name's look-up to the answer's status."""

_REDIRECTS = range(300, 400)


@asynccontextmanager
async def webhook_session(*, allow_private: bool) -> AsyncIterator[ClientSession]:
    """Connections to other systems, without proxy.

    How many there are is limited by each subscription's share (`deliverer`), not in all: one that hangs would take
    the places of the others.
    """
    connector = TCPConnector(limit=0) if allow_private else public_connector(limit=0)
    timeout = ClientTimeout(total=SECONDS)
    async with ClientSession(connector=connector, timeout=timeout, headers={"User-Agent": "Tidings"}) as session:
        yield session


def payload(event: Mapping[str, Any], content: Mapping[str, Any] | None) -> bytes:
    """The body of a webhook; with the message it tells of, where the subscription asked for it."""
    data = {**event["data"], "content": content} if content is not None else event["data"]
    return json.dumps({**event, "data": data}, ensure_ascii=False).encode()


async def post(
    session: ClientSession, listener: Listener, claimed: Claimed, content: Mapping[str, Any] | None
) -> Attempt:
    """Tells one event to a webhook; any answer but 2xx, and none in time, is an error to try again after."""
    body = payload(claimed.event.to_json(), content)
    headers = signed_headers(body, secret=listener.secret, id_=claimed.event.public_id, at=real_now())
    headers["Content-Type"] = "application/json"
    try:
        async with (
            asyncio.timeout(SECONDS),
            session.post(listener.address, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            return _judged(claimed, answer)
    except TimeoutError:
        return Attempt(claimed.id, claimed.attempts, error=f"It did not answer within {SECONDS:.0f} s.")
    except ClientConnectorError as error:
        reason = error.os_error.strerror or str(error.os_error) or type(error.os_error).__name__
        return Attempt(claimed.id, claimed.attempts, error=f"No connection: {reason}.")
    except (ClientError, OSError, ValueError) as error:
        return Attempt(claimed.id, claimed.attempts, error=f"The request failed: {type(error).__name__}.")


def _judged(claimed: Claimed, answer: ClientResponse) -> Attempt:
    error = None
    if answer.status in _REDIRECTS:
        error = f"It answered {answer.status}, but redirects are not followed; subscribe the address it leads to."
    elif not answer.ok:
        error = f"It answered {answer.status}."
    wait = seconds_to_wait(answer.headers.get("Retry-After", ""), now=real_now()) if error else None
    return Attempt(
        claimed.id,
        claimed.attempts,
        http_status=answer.status,
        error=error,
        retry_after=min(wait, LONGEST_WAIT) if wait else None,
    )
