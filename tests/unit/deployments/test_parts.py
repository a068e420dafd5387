"""The commands that a stack's parts are started with."""

import json
from pathlib import Path
from typing import Any

import pytest

from deployments.home import Home
from deployments.parts import parts_of
from deployments.stack_state import Addresses
from messaging.settings import Settings


def test_the_simulator_posts_again_what_people_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings_of_a_stack: Settings
) -> None:
    started: list[list[str]] = []

    def spawn(command: list[str], **_: Any) -> None:
        started.append(command)

    monkeypatch.setattr("deployments.parts.spawn", spawn)
    addresses = Addresses(
        api="http://127.0.0.1:8000",
        prefect="http://127.0.0.1:4200",
        prefect_api="http://127.0.0.1:4200/api",
        simulator="http://127.0.0.1:8010",
        database="postgresql://127.0.0.1/tidings",
    )
    ports = {"api": 8000, "prefect": 4200, "simulator": 8010}
    parts = parts_of(settings_of_a_stack, Home.at(tmp_path), addresses=addresses, ports=ports, postgres=None)
    next(part for part in parts if part.name == "simulator").start()
    option = started[0].index("--inbound-url")
    assert started[0][option + 1] == "http://127.0.0.1:8000/webhooks/twilio/inbound#rc=5&rp=all"
    services = [settings_of_a_stack.twilio_messaging_service_marketing]
    services.append(settings_of_a_stack.twilio_messaging_service_transactional)
    assert f"first_services={json.dumps(services)}" in started[0]


def test_only_the_schema_is_made_by_the_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings_of_a_stack: Settings
) -> None:
    told: dict[str, str | None] = {}

    def spawn(command: list[str], *, env: dict[str, str], **_: Any) -> None:
        told[" ".join(command[2:4])] = env.get("TIDINGS_OWNER_DATABASE_URL")

    monkeypatch.setattr("deployments.parts.spawn", spawn)
    owner = "postgresql://owner@127.0.0.1/tidings"
    settings = settings_of_a_stack.model_copy(update={"tidings_owner_database_url": owner})
    addresses = Addresses(
        api="http://127.0.0.1:8000",
        prefect="http://127.0.0.1:4200",
        prefect_api="http://127.0.0.1:4200/api",
        simulator="http://127.0.0.1:8010",
        database="postgresql://127.0.0.1/tidings",
    )
    ports = {"api": 8000, "prefect": 4200, "simulator": 8010}
    home = Home.at(tmp_path)
    home.prepare()
    for part in parts_of(settings, home, addresses=addresses, ports=ports, postgres=None):
        part.start()
    assert len(told) == 5
    assert {command for command, url in told.items() if url is not None} == {"deployments.prepare_database"}
    assert told["deployments.prepare_database"] == owner


@pytest.fixture
def settings_of_a_stack() -> Settings:
    return Settings.model_validate(
        {
            "twilio_account_sid": "AC" + "a1" * 16,
            "twilio_auth_token": "0f" * 16,
            "twilio_messaging_service_transactional": "MG" + "b2" * 16,
            "twilio_messaging_service_marketing": "MG" + "c3" * 16,
            "twilio_api_base_url": "http://127.0.0.1:8010",
            "public_base_url": None,
            "tidings_database_url": "postgresql://127.0.0.1/tidings",
        }
    )
