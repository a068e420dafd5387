"""The header Idempotency-Key: the same request again gets the same answer, and nothing is done twice.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from models.columns import utc_now
from models.kept_answers import Answer, RepeatableRequest, answered_before, keep_answer
from models.rights.suppressed import hasher_of

Shape = TypeVar("Shape", bound=BaseModel)

REPEATED = "Idempotency-Replayed"
"""The header of an answer that was given before."""

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[ -~]+$",
        description="Any text of your own, a UUID say: the same request with the same key is done once.",
        examples=["5f7f9e58-4a64-4a0b-8a3e-1a7d7a2f9f10"],
    ),
]


@dataclass(frozen=True, slots=True)
class RepeatableCall:
    """A request that may come again; `key` is what the client named it."""

    key: str | None
    _request: Request
    _response: Response

    async def once(
        self, connection: AsyncConnection, shape: type[Shape], work: Callable[[], Awaitable[Shape]]
    ) -> Shape:
        """The answer given before, or that of `work`, kept in its transaction. Raises `KeyReused`."""
        if self.key is None:
            return await work()
        before = await self.answered_before(connection, shape)
        if before is not None:
            return before
        answer = await work()
        await self.keep(connection, answer)
        return answer

    async def answered_before(self, connection: AsyncConnection, shape: type[Shape]) -> Shape | None:
        """The answer given before, if any; then this request is answered as that one. Raises `KeyReused`."""
        if self.key is None:
            return None
        before = await answered_before(connection, await self._named(connection), now=utc_now())
        if before is None:
            return None
        self._response.status_code = before.status
        self._response.headers[REPEATED] = "true"
        return shape.model_validate(before.body)

    async def keep(self, connection: AsyncConnection, answer: BaseModel) -> None:
        """Keeps the answer for when the request comes again."""
        if self.key is not None:
            status = self._response.status_code or self._request.scope["route"].status_code or 200
            named = await self._named(connection)
            await keep_answer(connection, named, Answer(status, answer.model_dump(mode="json")))

    async def _named(self, connection: AsyncConnection) -> RepeatableRequest:
        """What is sent twice is the same request whatever the order of its names and its white space.

        A sensitive one is told by a keyed hash: a code of six digits would soon be found by trying them all.
        """
        body = await self._request.body()
        given = json.loads(body) if body else None
        asked = json.dumps(given, sort_keys=True) if body else ""
        line = f"{self._request.method} {self._request.url.path}\n{asked}".encode("utf-8", "surrogatepass")
        hasher = hasher_of(connection) if isinstance(given, dict) and given.get("sensitive") else None
        return RepeatableRequest(
            organization_id=self._request.state.caller.organization_id,
            key=str(self.key),
            fingerprint=hasher.of_bytes(line) if hasher else hashlib.sha256(line).digest(),
        )


async def _repeatable(request: Request, response: Response, key: Key = None) -> RepeatableCall:
    return RepeatableCall(key, request, response)


Repeatable = Annotated[RepeatableCall, Depends(_repeatable)]
