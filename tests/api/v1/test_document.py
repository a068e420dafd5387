"""The API does what its OpenAPI document says, whatever it is asked; also what the document does not allow."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.api.server import Api
from tests.api.v1.client import V1, Client, new_key
from tests.api.v1.seeded import Seeded, seed
from tests.conftest import ACCOUNT_SID, MARKETING_SERVICE

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ENDLESS = f"{V1}/stream"


@pytest.fixture
async def ids(api: Api, database: AsyncEngine) -> Seeded:
    """What there is to ask for."""
    return await seed(database, api.client, organization="default", account=ACCOUNT_SID, service=MARKETING_SERVICE)


@pytest.fixture
async def key(database: AsyncEngine) -> str:
    return await new_key(database)


def test_every_answer_is_one_that_the_document_names(api: Api, app: FastAPI, ids: Seeded, key: str) -> None:
    assert "None" not in ids.values(), ids
    assert _ask(api, app, ids, key, examples=2) > 150


async def test_every_body_that_the_document_shows_is_taken(client: Client, app: FastAPI, ids: Seeded) -> None:
    """What a person gets by pressing "Try it out" and "Execute"."""
    document = app.openapi()
    shown = {
        (path, operation["operationId"]): body["examples"][0]
        for path, operations in document["paths"].items()
        for operation in operations.values()
        if (body := _body_of(operation, document)).get("examples") and path.startswith(V1)
    }
    assert len(shown) >= 6
    for (path, name), body in shown.items():
        method = "PATCH" if name.startswith("patch_") else "POST"
        answer = await client.request(method, path.removeprefix(V1).format(**ids), body)
        assert answer.is_success, (name, answer.text)


def _body_of(operation: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    found: dict[str, Any] = document["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {})
    return found


@pytest.mark.long
def test_every_answer_of_ten_thousand_is(api: Api, app: FastAPI, ids: Seeded, key: str) -> None:
    assert _ask(api, app, ids, key, examples=int(os.environ.get("TIDINGS_API_EXAMPLES", "120"))) > 10_000


def _ask(api: Api, app: FastAPI, ids: Seeded, key: str, *, examples: int) -> int:
    """Sends so many requests to each operation; returns how many were sent in all."""
    sent = 0
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {key}"

        def check(case: Case[Any]) -> None:
            nonlocal sent
            sent += 1
            response = case.call(base_url=str(api.client.base_url), session=session)
            case.validate_response(response, checks=CHECKS)

        for operation in _operations(app):
            for cases in _cases(operation, ids):
                _search(check, cases, examples=examples)
    return sent


def _operations(app: FastAPI) -> Iterator[APIOperation[Any, Any, Any, Any]]:
    for found in openapi.from_dict(app.openapi()).get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]  # what could not be read has no `ok`, and fails here
        if operation.path.startswith(V1) and operation.path != ENDLESS:
            yield operation


def _cases(operation: APIOperation[Any, Any, Any, Any], ids: Seeded) -> Iterator[st.SearchStrategy[Case[Any]]]:
    """Requests about what there is, and about whatever: as documented, and in other ways."""
    named = {name: value for name, value in ids.items() if f"{{{name}}}" in operation.path}
    yield operation.as_strategy(GenerationMode.POSITIVE, path_parameters=named or None).filter(_stays_here)
    yield operation.as_strategy(GenerationMode.NEGATIVE).filter(_stays_here)


def _stays_here(case: Case[Any]) -> bool:
    """Whether nobody outside is called because of it: a subscription would be."""
    return "https:" not in str(case.body)


def _search(check: Any, cases: st.SearchStrategy[Case[Any]], *, examples: int) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=examples < 50,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def run(case: Case[Any]) -> None:
        check(case)

    run()
