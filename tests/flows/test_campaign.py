"""The campaign flow on a real Prefect server: what it sends, what it shows, how it fails."""

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId, TaskRunFilter
from prefect.client.schemas.filters import TaskRunFilterFlowRunId as OfFlowRun
from prefect.client.schemas.objects import State
from sqlalchemy.ext.asyncio import AsyncEngine

from flows.campaign import CampaignOrder, campaign
from messaging.settings import Settings
from models.campaigns.tables import RunState
from models.tenants.senders import SenderAddresses, set_senders
from tests.fixtures.campaigns import Sending, start_campaign
from tests.fixtures.secret_file import SecretFile
from tests.fixtures.sending import Start
from tests.integration.population import add_organization, phone
from tests.simulator.running import Twilio, until

pytestmark = pytest.mark.usefixtures("flow_environment")


async def _run(sending: Sending, *, occurrence: str = "") -> "State[None]":
    order = CampaignOrder(campaign=str(sending.run.campaign_id), occurrence=occurrence)
    return await campaign(order, return_state=True)


async def _shown(state: "State[None]") -> tuple[Counter[str], dict[str, Any]]:
    """Names of task runs, and artifacts by type, of the flow run that ended in this state."""
    flow_run_id = state.state_details.flow_run_id
    assert flow_run_id is not None
    async with get_client() as client:
        tasks = await client.read_task_runs(
            task_run_filter=TaskRunFilter(flow_run_id=OfFlowRun(any_=[flow_run_id]))
        )
        of_run = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[flow_run_id]))
        artifacts = await client.read_artifacts(artifact_filter=of_run)
    return Counter(task.name for task in tasks), {str(one.type): one for one in artifacts}


async def test_sends_in_chunks_and_reports_sums_that_add_up(start: Start, twilio: Twilio) -> None:
    sending = await start(40, name="Autumn sale", rate=400.0)
    state = await _run(sending)
    assert state.is_completed(), state.message
    assert await sending.states() == Counter(accepted=40)
    assert (await sending.reload()).state == RunState.FINISHED
    tasks, artifacts = await _shown(state)
    assert tasks == Counter({"plan audience": 1, "send chunk 1": 1, "report": 1})
    assert artifacts["progress"].data == 100.0
    rows = json.loads(artifacts["table"].data)
    assert rows[-1] == {"what": "audience", "messages": 40}
    assert sum(row["messages"] for row in rows[:-1]) == 40
    assert artifacts["table"].key.startswith("report-autumn-sale-")
    shown = json.dumps([str(one.data) for one in artifacts.values()])
    assert "+1202555" not in shown
    assert len((await twilio.get("messages"))["messages"]) == 40


async def test_running_it_again_reaches_nobody_twice(start: Start, twilio: Twilio) -> None:
    sending = await start(10)
    for _ in range(2):
        assert (await _run(sending)).is_completed()
    assert len((await twilio.get("messages"))["messages"]) == 10


async def test_what_twilio_could_not_take_is_tried_again(start: Start, twilio: Twilio) -> None:
    await twilio.set(scripts={phone(number): {"fault": "too_many_requests"} for number in range(3)})
    sending = await start(10)
    running = asyncio.create_task(_run(sending))

    async def refused() -> bool:
        return any(not entry["sid"] for entry in (await twilio.get("messages"))["messages"])

    await until(refused, seconds=30)
    await twilio.set(scripts=None)
    assert (await running).is_completed()
    assert await sending.states() == Counter(accepted=10)
    assert max(row.tries for row in (await sending.rows()).values()) > 0


async def test_refused_credentials_fail_the_run_with_what_to_mend(
    start: Start, flow_environment: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending = await start(5)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "f" * len(str(flow_environment.twilio_auth_token)))
    state = await _run(sending)
    assert state.is_failed()
    assert "check TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN" in str(state.message)
    assert await sending.states() == Counter(planned=5)


async def test_a_name_is_looked_up_in_its_organization_and_a_missing_secret_is_told(
    start: Start, committed: AsyncEngine, twilio: Twilio, tmp_path: Path
) -> None:
    ours = await start(2)
    token = SecretFile(tmp_path / "token")
    async with committed.begin() as connection:
        acme = await add_organization(
            connection, "acme", account_sid="AC" + "5a" * 16, auth_token_ref=token.reference
        )
        await set_senders(connection, acme, SenderAddresses(marketing="MG" + "5b" * 16), rate=100)
    theirs = await start_campaign(committed, acme, people=2)
    state: State[None] = await campaign(CampaignOrder(campaign="Sale", organization="acme"), return_state=True)
    assert state.is_failed()
    assert f'Organization "acme" cannot use its Twilio account: {token.reference} cannot be read' in str(
        state.message
    )
    assert (await theirs.states(), await ours.states()) == (Counter(planned=2), Counter(planned=2))
    assert (await twilio.get("messages"))["messages"] == []
    state = await campaign(CampaignOrder(campaign="Sale"), return_state=True)
    assert state.is_completed(), state.message
    assert (await theirs.states(), await ours.states()) == (Counter(planned=2), Counter(accepted=2))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        pytest.param("no such campaign", 'There is no campaign "no such campaign"', id="name"),
        pytest.param(str(UUID(int=1)), "There is no campaign", id="id"),
    ],
)
async def test_an_unknown_campaign_fails_with_a_sentence(start: Start, name: str, sentence: str) -> None:
    await start(1)
    state: State[None] = await campaign(CampaignOrder(campaign=name), return_state=True)
    assert state.is_failed()
    assert sentence in str(state.message)


def test_the_form_names_and_explains_every_field() -> None:
    form = campaign.parameters.definitions["CampaignOrder"]["properties"]
    assert list(form) == ["campaign", "occurrence", "shards", "organization"]
    for field in form.values():
        assert field["title"][0].isupper()
        assert field["description"].endswith(".")
