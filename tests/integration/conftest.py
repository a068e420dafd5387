"""The campaign commands as a person runs them, against a Prefect that only remembers what it was asked."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.settings import Settings
from tests.conftest import HASH_KEY
from tests.integration.campaign_commands import FILE, TWILIO, Command
from tests.integration.command_line import Done, run_command
from tests.integration.prefect_double import PrefectDouble, prefect_double


@pytest.fixture(scope="module")
def prefect() -> Iterator[PrefectDouble]:
    with prefect_double() as double:
        yield double


@pytest.fixture
def environment(settings: Settings, prefect: PrefectDouble, tmp_path: Path) -> dict[str, str]:
    prefect.state = {"type": "RUNNING", "message": ""}
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TIDINGS_HOME": str(tmp_path / "home"),
        "TIDINGS_DATABASE_URL": str(settings.tidings_database_url),
        "TIDINGS_QUIET_HOURS": "off",
        "TIDINGS_HASH_KEY": HASH_KEY,
        **TWILIO,
        "PUBLIC_BASE_URL": "http://127.0.0.1:9",
        "PREFECT_API_URL": prefect.url,
    }


@pytest.fixture
def tidings(environment: dict[str, str], tmp_path: Path, committed: AsyncEngine) -> Command:
    """Runs one command in a folder of its own; settings may be changed, or taken away with an empty text."""
    assert committed is not None

    async def run(*arguments: str, **changes: str) -> Done:
        kept = {name: value for name, value in {**environment, **changes}.items() if value}
        return await run_command(*arguments, environment={**kept, "TIDINGS_ENV_FILE": ""}, folder=tmp_path)

    (tmp_path / "sale.yaml").write_text(FILE)
    return run
