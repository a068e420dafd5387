"""A client of the JSON API with a key."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.api_keys.keeping import create_key
from models.api_keys.scopes import Scope
from models.columns import utc_now

V1 = "/api/v1"
PLENTY = 10_000.0
"""Requests a second, for tests that are not about the budget."""


@dataclass(frozen=True, slots=True)
class Client:
    """Requests below `/api/v1` with one key."""

    http: httpx.AsyncClient
    key: str

    async def request(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers = {"Authorization": f"Bearer {self.key}", **headers}
        if body is None:
            return await self.http.request(method, V1 + path, headers=headers)
        content = json.dumps(body)  # httpx would send half of a surrogate pair as it is, and cannot
        return await self.http.request(
            method, V1 + path, content=content, headers={**headers, "Content-Type": "application/json"}
        )

    async def get(self, path: str) -> httpx.Response:
        return await self.request("GET", path)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.request("POST", path, body, **headers)

    async def patch(self, path: str, body: Any) -> httpx.Response:
        return await self.request("PATCH", path, body)


async def new_key(
    engine: AsyncEngine,
    *scopes: Scope,
    organization: str = "default",
    rate: float = PLENTY,
    expires_at: datetime | None = None,
) -> str:
    """A key of an organization, with every scope unless some are named."""
    async with engine.begin() as connection:
        secret = await create_key(
            connection,
            organization_id=await id_of(engine, organization),
            scopes=frozenset(scopes or {Scope.ADMIN}),
            requests_per_second=rate,
            expires_at=expires_at,
            now=utc_now(),
        )
    return secret.text


async def id_of(engine: AsyncEngine, organization: str) -> UUID:
    """An organization's id."""
    async with engine.connect() as connection:
        asked = text("SELECT id FROM organizations WHERE slug = :slug")
        return UUID(str((await connection.execute(asked, {"slug": organization})).scalar_one()))


def problem(answer: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    """The problem document of an answer, which must be of this kind."""
    found: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert (answer.status_code, found["status"]) == (status, status), answer.text
    assert found["type"] == f"urn:problem-type:tidings:{kind}"
    assert found["title"]
    assert found["detail"]
    assert found["instance"].startswith("urn:uuid:")
    return found
