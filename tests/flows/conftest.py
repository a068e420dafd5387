"""One Prefect server for all flow tests (it takes ten seconds to start), and the settings as flows read them."""

import gc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterTags
from prefect.testing.utilities import prefect_test_harness
from pydantic import SecretStr
from sqlalchemy import text

from deployments.catalogue import catalogue
from messaging.settings import Settings
from models.messages.direct.sending import TAG
from tasks import report
from tasks.equipment import Equipment, open_equipment
from tests.simulator.running import ACCOUNT_SID


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Prefect's own client leaves sockets to the garbage collector, which would count as a test's failure."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))


@pytest.fixture(autouse=True)
def prefects_leftovers() -> Iterator[None]:
    """Collects what Prefect left while its warnings are still this test's."""
    yield
    gc.collect()


@pytest.fixture(scope="session", autouse=True)
def prefect_server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=90):
        yield


@pytest.fixture
def flow_environment(sending_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The environment that a served flow finds; nobody reports deliveries here, so none are waited for."""
    monkeypatch.setenv("TIDINGS_ENV_FILE", "")
    for name, value in sending_settings.model_dump(exclude_none=True, exclude_defaults=True).items():
        plain = value.get_secret_value() if isinstance(value, SecretStr) else value
        monkeypatch.setenv(name.upper(), str(plain))
    monkeypatch.setattr(report, "DELIVERY_SECONDS", 0.1)
    return sending_settings


@pytest.fixture
async def tools(equipment: Equipment, flow_environment: Settings) -> AsyncIterator[Equipment]:
    """Equipment, with our deployments known to the Prefect server though nobody serves them."""
    async with equipment.engine.begin() as connection:
        await connection.execute(text("UPDATE organizations SET twilio_account_sid = :sid"), {"sid": ACCOUNT_SID})
    for deployment in catalogue(flow_environment):
        await deployment.aapply()
    async with open_equipment(flow_environment) as current:
        yield current


@pytest.fixture
async def no_sender_comes() -> None:
    """Nobody serves the deployments: a `direct` run that another test started would wait for ever."""
    wanted = FlowRunFilter(tags=FlowRunFilterTags(all_=[TAG]))
    async with get_client() as client:
        for run in await client.read_flow_runs(flow_run_filter=wanted):
            await client.delete_flow_run(run.id)
