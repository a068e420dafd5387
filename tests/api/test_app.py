"""The application around the webhooks: its start, its documents, and what it refuses to start without."""

import re

import pytest

from api.app import create_app
from messaging.errors import SettingsError
from tests.api.server import INBOUND, STATUS, Api, environment


def test_it_starts_fast(api_process: Api) -> None:
    assert api_process.start_seconds < 5  # about 1 s alone on two cores; tests share them


async def test_docs_describe_both_webhooks(api: Api) -> None:
    page = (await api.client.get("/docs")).text
    assert "swagger" in page
    assert not re.search(r'(src|href)="https?:', page)  # people type their keys into it: nothing is from elsewhere
    for script in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert (await api.client.get(script)).status_code == 200
    paths = (await api.client.get("/openapi.json")).json()["paths"]
    for path in (STATUS, INBOUND):
        operation = paths[path]["post"]
        form = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]["properties"]
        assert form["MessageSid"]["description"]
        assert operation["summary"]
        assert operation["description"]
        assert {"400", "403", "503"} <= set(operation["responses"])


async def test_health(api: Api) -> None:
    assert (await api.client.get("/healthz")).json() == {"status": "ok"}
    assert (await api.client.get("/readyz")).json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        (["PUBLIC_BASE_URL"], "PUBLIC_BASE_URL"),
        ([name for name in environment("") if name.startswith("TWILIO_")], "TWILIO_ACCOUNT_SID"),
    ],
    ids=["address", "account"],
)
def test_it_does_not_start_without(monkeypatch: pytest.MonkeyPatch, missing: list[str], named: str) -> None:
    for name, value in environment("postgresql://127.0.0.1:9/none").items():
        monkeypatch.setenv(name, value)
    for name in missing:
        monkeypatch.delenv(name)
    with pytest.raises(SettingsError, match=named):
        create_app()
