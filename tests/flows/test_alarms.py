"""What people should hear at once reaches Prefect as an event, with no number in it."""

import json
from typing import Any

import pytest
from prefect.client.orchestration import get_client

from flows.campaign import CampaignOrder, campaign
from tests.fixtures.sending import Start
from tests.integration.population import phone
from tests.simulator.running import Twilio, until

pytestmark = pytest.mark.usefixtures("flow_environment")


async def events(name: str, *, about: str) -> list[dict[str, Any]]:
    """What Prefect's server has of this name about this resource."""
    asked = {"filter": {"event": {"name": [name]}, "resource": {"id": [about]}, "occurred": {}}}
    async with get_client() as client:
        answer = await client.request("POST", "/events/filter", json=asked)
        found: list[dict[str, Any]] = answer.json()["events"]
        return found


async def test_an_unknown_code_raises_one_event(start: Start, twilio: Twilio) -> None:
    await twilio.set(scripts={phone(number): {"error": 29_999} for number in range(5)})
    sending = await start(10, rate=400.0)
    order = CampaignOrder(campaign=str(sending.run.campaign_id))
    assert (await campaign(order, return_state=True)).is_completed()
    subject = f"tidings.campaign-run.{sending.run.id}"

    async def raised() -> bool:
        return bool(await events("tidings.unknown_code", about=subject))

    await until(raised, seconds=15)
    found = await events("tidings.unknown_code", about=subject)
    assert [event["payload"]["code"] for event in found] == [29_999]
    assert "+1" not in json.dumps(found[0]["payload"])
