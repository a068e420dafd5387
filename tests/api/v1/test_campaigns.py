"""Campaigns by the API, from their definition to their report, with a Prefect that only remembers."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.api_keys.scopes import Scope
from models.campaigns.plan import plan
from models.campaigns.starting import find_run
from models.campaigns.store import find_campaign
from models.columns import utc_now
from tests.api.server import Api
from tests.api.v1.client import Client, id_of, new_key, problem
from tests.integration.population import add_contact, phone
from tests.integration.prefect_double import FLOW_RUN_ID, PrefectDouble

SALE = {
    "name": "Sale",
    "kind": "marketing",
    "body": "Hi {{ first_name }}, {{ city }}",
    "audience": {"tags": ["autumn"], "countries": ["US"]},
    "rate": 20,
    "alerts": {"failure_rate": 0.1, "pause": True},
}


@pytest.fixture
async def sale(client: Client, database: AsyncEngine) -> str:
    """A campaign to three people, of whom two agreed."""
    organization_id = await id_of(database, "default")
    async with database.begin() as connection:
        for number in range(3):
            consent = {"marketing": "opted_in"} if number else None
            attributes = {"city": "Boston"}
            await add_contact(
                connection,
                organization_id,
                phone(number),
                consent=consent,
                tags=("autumn",),
                attributes=attributes,
            )
    made = await client.post("/campaigns", SALE)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def test_a_campaign_is_made_listed_and_got(client: Client, sale: str) -> None:
    [line] = (await client.get("/campaigns")).json()["data"]
    assert (line["id"], line["state"]) == (sale, None)
    found = (await client.get(f"/campaigns/{sale}")).json()
    assert {name: found[name] for name in SALE} == SALE


async def test_an_alert_at_more_than_all_is_refused(client: Client) -> None:
    refused = problem(await client.post("/campaigns", {**SALE, "alerts": {"opt_out_rate": 2}}), 422, "invalid")
    assert [error["pointer"] for error in refused["errors"]] == ["#/alerts/opt_out_rate"]


async def test_pages_of_campaigns(client: Client) -> None:
    ids = [(await client.post("/campaigns", {**SALE, "body": "Hi"})).json()["id"] for _ in range(3)]
    first = (await client.get("/campaigns?limit=2")).json()
    rest = (await client.get(f"/campaigns?limit=2&cursor={first['next_cursor']}")).json()
    assert [line["id"] for line in first["data"] + rest["data"]] == ids[::-1]
    assert rest["next_cursor"] is None


async def test_a_preview_counts_and_masks(client: Client, sale: str) -> None:
    found = (await client.get(f"/campaigns/{sale}/preview?samples=1")).json()
    assert (found["audience"], found["eligible"], found["skipped"]["no_consent"]) == (3, 2, 1)
    assert (found["rate"], found["seconds"]) == (20, 0.1)
    [sample] = found["samples"]
    assert sample["body"] == "Hi Ada, Boston"
    assert sample["to"].startswith("***")


async def test_a_start_asks_prefect_for_a_flow_run(client: Client, sale: str, prefect: PrefectDouble) -> None:
    prefect.asked.clear()
    started = await client.post(f"/campaigns/{sale}/start", {"shards": 2})
    assert started.status_code == 202
    assert started.json()["flow_run_id"] == FLOW_RUN_ID
    assert started.json()["state"] == "scheduled"
    [asked] = prefect.asked
    assert asked["parameters"] == {"order": {"campaign": sale, "occurrence": "once", "shards": 2}}


async def test_a_repeated_start_is_one_flow_run(client: Client, sale: str, prefect: PrefectDouble) -> None:
    prefect.asked.clear()
    first = await client.post(f"/campaigns/{sale}/start", idempotency_key="start 1")
    again = await client.post(f"/campaigns/{sale}/start", idempotency_key="start 1")
    assert again.json() == first.json()
    assert (again.status_code, again.headers["idempotency-replayed"]) == (202, "true")
    assert len(prefect.asked) == 1
    other = await client.post(f"/campaigns/{sale}/start", {"shards": 2}, idempotency_key="start 1")
    problem(other, 422, "idempotency-key-reused")


async def test_a_run_is_paused_resumed_slowed_and_canceled(
    client: Client, sale: str, database: AsyncEngine
) -> None:
    await client.post(f"/campaigns/{sale}/start")
    await _plan(database, sale)
    paused = (await client.post(f"/campaigns/{sale}/pause", {"reason": "wrong price"})).json()
    assert (paused["state"], paused["reason"]) == ("paused", "wrong price")
    problem(await client.post(f"/campaigns/{sale}/pause"), 409, "conflict")
    resumed = await client.post(f"/campaigns/{sale}/resume")
    assert (resumed.status_code, resumed.json()["state"], resumed.json()["resumed"]) == (202, "sending", True)
    rate = (await client.post(f"/campaigns/{sale}/rate", {"rate": 5})).json()
    assert (rate["rate"], rate["effective_rate"]) == (5, 5)
    canceled = (await client.post(f"/campaigns/{sale}/cancel")).json()
    assert (canceled["state"], canceled["messages_canceled"]) == ("canceled", 2)
    problem(await client.post(f"/campaigns/{sale}/start"), 409, "conflict")
    events = (await client.get(f"/campaigns/{sale}/timeline")).json()["data"]
    told = ["scheduled", "planned", "paused", "resumed", "rate changed", "canceled"]
    assert [event["what"] for event in events] == told


async def test_a_report_adds_up(client: Client, sale: str, database: AsyncEngine) -> None:
    problem(await client.get(f"/campaigns/{sale}/report"), 404, "not-found")
    await client.post(f"/campaigns/{sale}/start")
    await _plan(database, sale)
    found = (await client.get(f"/campaigns/{sale}/report")).json()
    assert found["audience"] == sum(found["states"].values()) == 3
    assert (found["states"]["planned"], found["skipped"]["no_consent"]) == (2, 1)
    assert found["run"]["state"] == "sending"


@pytest.mark.parametrize("action", ["pause", "resume", "cancel", "rate"])
async def test_what_was_not_started_has_no_run(client: Client, sale: str, action: str) -> None:
    body: dict[str, Any] = {"rate": 1} if action == "rate" else {}
    problem(await client.post(f"/campaigns/{sale}/{action}", body), 404, "not-found")


async def test_prefect_down_is_told_and_the_start_can_be_repeated(
    client: Client, sale: str, prefect: PrefectDouble
) -> None:
    prefect.refuses = True
    try:
        problem(await client.post(f"/campaigns/{sale}/start", idempotency_key="a"), 503, "unavailable")
    finally:
        prefect.refuses = False
    assert (await client.post(f"/campaigns/{sale}/start", idempotency_key="a")).status_code == 202


async def test_a_reader_cannot_start(api: Api, sale: str, database: AsyncEngine) -> None:
    reader = Client(api.client, await new_key(database, Scope.CAMPAIGNS_READ))
    problem(await reader.post(f"/campaigns/{sale}/start"), 403, "forbidden")


async def _plan(database: AsyncEngine, campaign_id: str) -> None:
    """What the flow run would do first."""
    async with database.begin() as connection:
        campaign = await find_campaign(connection, campaign_id, organization_id=await id_of(database, "default"))
        run = await find_run(connection, campaign.id, occurrence="once")
        assert run is not None
        await plan(connection, campaign, run, now=utc_now(), window=timedelta(hours=1))
