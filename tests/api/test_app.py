"""The application around the webhooks: its start, its documents, and what it refuses to start without."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.app import create_app
from messaging.errors import SettingsError
from tests.api.server import INBOUND, STATUS, Api, environment, running_api
from tests.integration.prefect_double import PrefectDouble


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
    well = {"status": "ok", "database": "ok", "schema": "ok"}
    assert (await api.client.get("/readyz/webhooks")).json() == well
    assert (await api.client.get("/readyz")).json() == {**well, "prefect": "ok"}


async def test_without_prefect_webhooks_are_taken_all_the_same(database_url: str) -> None:
    async with running_api(database_url, PREFECT_API_URL="http://127.0.0.1:9/api") as api:
        answer = await api.client.get("/readyz")
        assert (answer.status_code, answer.json()) == (
            503,
            {
                "status": "not ready",
                "database": "ok",
                "schema": "ok",
                "prefect": "http://127.0.0.1:9 does not answer",
            },
        )
        assert (await api.client.get("/readyz/webhooks")).status_code == 200
        assert (await api.client.get("/healthz")).json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("version", "problem"),
    [
        pytest.param("0001", "the database is at version 0001; `tidings up` brings it to ", id="behind"),
        pytest.param("9999", "", id="of a newer Tidings, during an upgrade"),
    ],
)
async def test_a_schema_of_another_version(api: Api, database: AsyncEngine, version: str, problem: str) -> None:
    async with database.begin() as connection:
        found = await connection.execute(text("SELECT version_num FROM alembic_version"))
        before = found.scalar_one()
        await connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    try:
        answer = await api.client.get("/readyz/webhooks")
        assert answer.status_code == (503 if problem else 200)
        assert answer.json()["schema"].startswith(problem or "ok")
    finally:
        async with database.begin() as connection:
            await connection.execute(
                text("UPDATE alembic_version SET version_num = :version"), {"version": before}
            )


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


async def test_a_business_time_that_is_not_the_real_one_is_told(database_url: str, prefect: PrefectDouble) -> None:
    fast = f"2026-03-27T06:00:00+01:00 x 600 since {datetime.now(UTC).isoformat()}"
    simulated = "http://127.0.0.1:9"
    async with running_api(
        database_url, PREFECT_API_URL=prefect.url, TWILIO_API_BASE_URL=simulated, TIDINGS_CLOCK=fast
    ) as api:
        answer = await api.client.get("/readyz")
        assert answer.status_code == 200
        assert "600 times as fast" in answer.json()["clock"]
