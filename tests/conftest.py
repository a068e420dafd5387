"""What every kind of test shares: a database of its own on a real PostgreSQL, settings that name nothing real."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from messaging.settings import Settings
from models.migrate import upgrade
from tests.fixtures.fresh_database import fresh_database

pytest_plugins = ("tests.fixtures.database", "tests.fixtures.sending")

ACCOUNT_SID = "AC" + "a1" * 16
AUTH_TOKEN = "0f" * 16
HASH_KEY = "5a" * 32
TRANSACTIONAL_SERVICE = "MG" + "b2" * 16
MARKETING_SERVICE = "MG" + "c3" * 16


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server: the one that TIDINGS_TEST_DATABASE_URL names, else a throw-away one of our own."""
    named = os.environ.get("TIDINGS_TEST_DATABASE_URL")
    if named:
        yield named
        return
    from deployments.throwaway_postgres import throwaway_postgres  # noqa: PLC0415  # only when it is needed

    with throwaway_postgres(tmp_path_factory.mktemp("postgres")) as url:
        yield url


@pytest.fixture(scope="session")
def database_url(postgres_url: str) -> Iterator[str]:
    """A migrated database that only this session uses."""
    with fresh_database(postgres_url, f"tidings_test_{os.getpid()}") as database_url:
        upgrade(database_url)
        yield database_url


@pytest.fixture(scope="session")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a test account, on the test database; no `.env` is read."""
    home: Path = tmp_path_factory.mktemp("home")
    return Settings.model_validate(
        {
            "twilio_account_sid": ACCOUNT_SID,
            "twilio_auth_token": AUTH_TOKEN,
            "tidings_hash_key": HASH_KEY,
            "twilio_messaging_service_transactional": TRANSACTIONAL_SERVICE,
            "twilio_messaging_service_marketing": MARKETING_SERVICE,
            "twilio_api_base_url": "http://127.0.0.1:9",
            "public_base_url": "http://127.0.0.1:9",
            "tidings_database_url": database_url,
            "tidings_home": home,
            "tidings_quiet_hours": False,
        }
    )
