"""What every kind of test shares: databases on a real PostgreSQL, settings that name nothing real."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from messaging.settings import Settings
from tests.fixtures.migrated_databases import Databases, migrated_databases

pytest_plugins = ("tests.fixtures.database", "tests.fixtures.sending", "tests.fixtures.side_by_side")

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
def databases(postgres_url: str) -> Iterator[Databases]:
    """The migrated databases of this session."""
    with migrated_databases(postgres_url, f"tidings_test_{os.getpid()}") as databases:
        yield databases


@pytest.fixture(scope="module")
def database_name() -> str:
    """Overridden where a process of ours lives on between tests: it writes also when nobody asks it to."""
    return "main"


@pytest.fixture(scope="module")
def database_url(databases: Databases, database_name: str) -> str:
    """A migrated database that only this session uses, and in it only the packages that name this one."""
    return databases.url(database_name)


@pytest.fixture(scope="module")
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
