"""A request's id is in its answer and in what is logged of it; nothing from outside is."""

import json

import httpx
import pytest

from api.app import create_app
from tests.api.server import PERSON, STATUS, Api, environment


@pytest.mark.parametrize("path", ["/healthz", "/nothing", STATUS, "/api/v1/contacts"])
async def test_every_answer_has_an_id_of_its_own(api: Api, path: str) -> None:
    headers = {"X-Request-Id": PERSON}
    answers = [await api.client.get(path, headers=headers) for _ in range(2)]
    ids = {answer.headers["x-request-id"] for answer in answers}
    assert len(ids) == 2
    assert all(len(each) == 16 and set(each) <= set("0123456789abcdef") for each in ids)


async def test_what_is_logged_of_a_request_has_its_id_and_nothing_of_its_body(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in environment("postgresql://127.0.0.1:9/none").items():
        monkeypatch.setenv(name, value)
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
        answer = await client.post(STATUS, data={"From": PERSON, "Body": "my secret"})
    logged = capsys.readouterr().err
    lines = [json.loads(line) for line in logged.splitlines() if line.startswith("{")]
    assert answer.headers["x-request-id"] in {line.get("request_id") for line in lines}
    assert PERSON not in logged
    assert "my secret" not in logged
