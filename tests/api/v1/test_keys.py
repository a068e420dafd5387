"""Nothing answers without a good key that has the right scope."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.api_keys.keeping import list_keys, revoke_key
from models.api_keys.scopes import Scope
from models.api_keys.secret import Secret
from models.columns import utc_now
from tests.api.server import Api
from tests.api.v1.client import V1, Client, id_of, new_key, problem
from tests.api.v1.routes import operations, undocumented

OPEN = {
    "/webhooks/twilio/status",
    "/webhooks/twilio/inbound",
    "/healthz",
    "/readyz",
    "/readyz/webhooks",
    "/docs",
    "/docs/oauth2-redirect",
    "/static-offline-docs",
    "/openapi.json",
}
"""Webhooks prove themselves by Twilio's signature; the document describes, and holds nothing of anyone's."""


def test_only_these_are_outside_the_guard(app: FastAPI) -> None:
    documented = {path for path in app.openapi()["paths"] if not path.startswith(V1)}
    assert documented | undocumented(app) == OPEN


async def test_no_route_answers_without_a_key(api: Api, app: FastAPI) -> None:
    found = list(operations(app))
    assert len(found) > 20
    for operation in found:
        answer = await api.client.request(operation.method, V1 + operation.address)
        problem(answer, 401, "unauthenticated")
        assert answer.headers["www-authenticate"].startswith('Bearer realm="Tidings"')


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/v1", "/api/v2/contacts", "/api/v1/nothing", "/api/v1/../x"]
)
async def test_unknown_addresses_ask_for_a_key_too(api: Api, path: str) -> None:
    problem(await api.client.get(path), 401, "unauthenticated")


async def test_a_key_without_any_fitting_scope_may_do_nothing(
    api: Api, app: FastAPI, database: AsyncEngine
) -> None:
    client = Client(api.client, await new_key(database, Scope.METRICS_READ))
    for operation in operations(app):
        answer = await client.request(operation.method, operation.address)
        found = problem(answer, 403, "forbidden")
        assert "lacks the scope" in found["detail"], operation


async def test_each_scope_opens_only_its_own(api: Api, database: AsyncEngine) -> None:
    reader = Client(api.client, await new_key(database, Scope.CONTACTS_READ))
    assert (await reader.get("/contacts")).status_code == 200
    problem(await reader.post("/contacts", {"phone": "+12025550123"}), 403, "forbidden")
    problem(await reader.get("/campaigns"), 403, "forbidden")


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "Bearer",
        "Bearer nonsense",
        "Basic dXNlcjpwYXNz",
        "Bearer " + Secret.new().text,
        "Bearer " + "x" * 5_000,
        "Bearer tidings_000000000000_" + "é" * 43,
    ],
    ids=["nothing", "no key", "nonsense", "Basic", "a stranger's", "far too long", "not ASCII"],
)
async def test_what_is_no_key_is_refused(api: Api, sent: str) -> None:
    answer = await api.client.get(f"{V1}/contacts", headers=[(b"Authorization", sent.encode())])
    problem(answer, 401, "unauthenticated")


async def test_a_right_prefix_with_a_wrong_secret_is_refused(client: Client) -> None:
    known = Secret(client.key)
    other = Secret.new().text.split("_", 2)[2]
    forged = Client(client.http, f"tidings_{known.prefix}_{other}")
    problem(await forged.get("/contacts"), 401, "unauthenticated")
    assert (await client.get("/contacts")).status_code == 200


async def test_a_revoked_key_is_refused_at_once(client: Client, database: AsyncEngine) -> None:
    assert (await client.get("/contacts")).status_code == 200
    async with database.begin() as connection:
        organization_id = await id_of(database, "default")
        prefix = Secret(client.key).prefix
        await revoke_key(connection, prefix, organization_id=organization_id, now=utc_now())
    problem(await client.get("/contacts"), 401, "unauthenticated")


async def test_an_expired_key_is_refused(api: Api, database: AsyncEngine) -> None:
    over = await new_key(database, expires_at=utc_now() - timedelta(seconds=1))
    holds = await new_key(database, expires_at=utc_now() + timedelta(hours=1))
    problem(await Client(api.client, over).get("/contacts"), 401, "unauthenticated")
    assert (await Client(api.client, holds).get("/contacts")).status_code == 200


async def test_a_key_is_kept_as_a_hash_and_its_use_is_noted(client: Client, database: AsyncEngine) -> None:
    await client.get("/contacts")
    async with database.connect() as connection:
        row = (await connection.execute(text("SELECT api_keys::text AS kept FROM api_keys"))).one()
        [line] = await list_keys(connection, await id_of(database, "default"))
    assert client.key.split("_", 2)[2] not in row.kept
    assert line.last_used_at is not None
    assert line.state(utc_now()) == "active"
