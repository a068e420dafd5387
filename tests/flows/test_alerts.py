"""Alerts and what the API found reach Prefect as events, once, and the automation we ship hears them all."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import ruamel.yaml
from prefect.events.schemas.automations import AutomationCore
from prefect.server.events.schemas.automations import EventTrigger
from prefect.server.events.schemas.events import ReceivedEvent, Resource
from sqlalchemy import text

from flows.campaign import CampaignOrder, campaign
from messaging.alert_rules import AlertKind
from messaging.outcomes import Scope
from messaging.settings import Settings
from models.alerts.telling import event_of
from models.incidents import IncidentKind
from models.pauses import Pause, pause
from tasks.alarms import raise_events
from tasks.equipment import open_equipment
from tests.fixtures.sending import Start
from tests.flows.test_alarms import events
from tests.integration.population import phone
from tests.simulator.running import Twilio, until

AUTOMATION = Path(__file__).parents[2] / "deployments" / "automations" / "alerts.yaml"


async def test_a_failing_campaign_raises_one_event(
    start: Start, twilio: Twilio, monkeypatch: pytest.MonkeyPatch, flow_environment: Settings
) -> None:
    assert flow_environment.alert_rule.minimum == 50
    monkeypatch.setenv("TIDINGS_ALERT_MINIMUM", "4")
    await twilio.set(scripts={phone(number): {"error": 21_211} for number in range(4)})
    sending = await start(10, rate=400.0)
    order = CampaignOrder(campaign=str(sending.run.campaign_id))
    assert (await campaign(order, return_state=True)).is_completed()

    async def heard() -> list[dict[str, Any]]:
        return await events("tidings.campaign.failing", about=f"tidings.campaign-run.{sending.run.id}")

    async def is_heard() -> bool:
        return bool(await heard())

    await until(is_heard, seconds=15)
    async with open_equipment(flow_environment) as tools:
        assert await raise_events(tools) == 0
    (event,) = await heard()
    assert (event["payload"]["counted"], event["payload"]["total"]) == (4, 4)
    assert event["resource"]["prefect.resource.name"] == "Sale"
    async with sending.engine.connect() as connection:
        told = await connection.execute(text("SELECT told_at IS NOT NULL FROM alerts"))
    assert list(told.scalars()) == [True]


async def test_what_the_api_found_is_told_by_whoever_comes_next(start: Start, flow_environment: Settings) -> None:
    sending = await start(1)
    async with sending.engine.begin() as connection:
        cause = Pause(Scope.CAMPAIGN, "Mend it.", 30_034)
        now = datetime.now(UTC)
        run = sending.run
        assert await pause(connection, cause, run_id=run.id, sender_id=run.sender_id, now=now)
    async with open_equipment(flow_environment) as tools:
        assert await raise_events(tools) == 1

    async def heard() -> bool:
        return bool(await events("tidings.scope_paused", about=f"tidings.campaign-run.{run.id}"))

    await until(heard, seconds=15)


def test_the_automation_hears_every_event_and_no_other() -> None:
    written = ruamel.yaml.YAML(typ="safe").load(AUTOMATION.read_text())
    AutomationCore.model_validate(written)
    trigger = EventTrigger.model_validate(written["trigger"])
    both = (True, False)
    alerts = [event_of(kind, of_run=run, ended=over) for kind in AlertKind for run in both for over in both]
    incidents = [f"tidings.{kind}" for kind in IncidentKind]
    assert [name for name in [*alerts, *incidents, "tidings.sender_slowed"] if not _hears(trigger, name)] == [
        "tidings.sender_slowed"
    ]


def _hears(trigger: EventTrigger, name: str) -> bool:
    resource = Resource({"prefect.resource.id": "tidings.campaign-run.1"})
    return trigger.covers(ReceivedEvent(id=uuid4(), occurred=datetime.now(UTC), event=name, resource=resource))
