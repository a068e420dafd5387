"""A burst of one kind of failure stops its campaign: at requests by the flow run, at deliveries by the API."""

from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.status_callbacks import StatusCallback, StatusStore
from messaging.bursts import BurstRule, BurstWatch
from messaging.settings import Settings
from messaging.statuses import MessageState
from models.alerts.telling import take_news
from models.campaigns.runs import load_run
from models.columns import utc_now
from models.messages.status_reports import StatusReport
from models.messages.statuses import apply_statuses
from models.webhook_events import Delivery
from tasks.equipment import Equipment, open_equipment
from tests.fixtures.campaigns import Sending
from tests.fixtures.sending import Start
from tests.integration.population import phone
from tests.simulator.running import ACCOUNT_SID, Twilio

RULE = BurstRule(seconds=60, count=20, code_share=0.2, class_share=0.5)


@pytest.fixture
def strict(sending_settings: Settings) -> Settings:
    return sending_settings.model_copy(update={"tidings_burst_messages": 20})


async def _what_people_see(engine: AsyncEngine) -> tuple[list[str], list[tuple[str, str]]]:
    async with engine.connect() as connection:
        incidents = await connection.execute(text("SELECT kind FROM incidents ORDER BY id"))
        events = await connection.execute(
            text("SELECT what, actor FROM campaign_events WHERE actor = 'twilio' ORDER BY id")
        )
        return list(incidents.scalars()), [(event.what, event.actor) for event in events]


@pytest.mark.parametrize(
    ("script", "failed", "words"),
    [
        pytest.param({"error": 21211}, "failed", "(permanent)", id="a list of wrong numbers"),
        pytest.param({"fault": "error_before"}, "unknown", "(unknown)", id="Twilio is ill"),
        pytest.param({"error": 21703}, "failed", "code 21703", id="no sender for these"),
    ],
)
async def test_a_burst_at_requests_pauses_and_keeps_the_rest(
    start: Start, strict: Settings, twilio: Twilio, script: dict[str, Any], failed: str, words: str
) -> None:
    await twilio.set(scripts={phone(number): script for number in range(200)})
    sending = await start(200, rate=80.0)
    async with open_equipment(strict) as equipment:
        await sending.chunk(equipment)
        async with equipment.engine.begin() as connection:
            assert [news.event for news in await take_news(connection, now=utc_now())] == ["tidings.scope_paused"]
    states = await sending.states()
    assert 20 <= states[failed] < 130
    assert states["planned"] == 200 - states[failed]
    reason = (await sending.reload()).stopped_because
    assert reason is not None
    assert words in reason
    assert await _what_people_see(sending.engine) == (["scope_paused"], [("paused", "twilio")])


async def test_a_few_failures_pause_nothing(start: Start, strict: Settings, twilio: Twilio) -> None:
    await twilio.set(scripts={phone(number * 3): {"error": 21211} for number in range(33)})
    sending = await start(100)
    async with open_equipment(strict) as equipment:
        await sending.chunk(equipment)
    assert await sending.states() == Counter(failed=33, accepted=67)
    assert (await sending.reload()).stopped_because is None


def _callback(row: Any, status: MessageState, code: int | None) -> StatusCallback:
    report = StatusReport(row.twilio_sid, status, ACCOUNT_SID, error_code=code)
    key = f"status:{row.twilio_sid}:{status}"
    return StatusCallback(Delivery("status", key, ACCOUNT_SID, query="", payload=[]), report)


async def _accepted(start: Start, equipment: Equipment, *, people: int) -> tuple[Sending, list[Any]]:
    """A run that goes on, with so many messages that Twilio has."""
    sending = await start(people + 20)
    async with sending.engine.begin() as connection:
        await connection.execute(text("UPDATE organizations SET twilio_account_sid = :a"), {"a": ACCOUNT_SID})
    await sending.chunk(equipment, most=people)
    return sending, [row for row in (await sending.rows()).values() if row.twilio_sid]


@pytest.mark.parametrize(
    ("filtered", "paused"), [pytest.param(30, True, id="a third"), pytest.param(15, False, id="too few")]
)
async def test_a_burst_of_filtered_messages_pauses_the_campaign(
    start: Start,
    equipment: Equipment,
    filtered: int,
    paused: bool,  # noqa: FBT001 (a case's label says it)
) -> None:
    sending, rows = await _accepted(start, equipment, people=90)
    store = StatusStore(sending.engine, BurstWatch(RULE))
    bad = [_callback(row, MessageState.UNDELIVERED, 30007) for row in rows[:filtered]]
    good = [_callback(row, MessageState.DELIVERED, None) for row in rows[filtered:]]
    await store.write(bad[:10] + good[:40])
    await store.write(bad[10:])
    await store.write(good[40:])
    reason = (await sending.reload()).stopped_because
    assert (reason is not None) is paused
    if reason is not None:
        assert "Twilio's code 30007: Carriers filtered the message as spam" in reason
        assert await _what_people_see(sending.engine) == (["scope_paused"], [("paused", "twilio")])
        assert (await sending.chunk(equipment)).taken == 0


async def _report(connection: AsyncConnection, row: Any, code: int | None) -> list[str]:
    reports = [StatusReport(row.twilio_sid, MessageState.UNDELIVERED, ACCOUNT_SID, error_code=code)]
    applied = await apply_statuses(connection, reports, now=utc_now())
    return [alarm.kind for alarm in applied.alarms]


@pytest.mark.parametrize(
    ("label", "code", "alarms", "table"),
    [
        ("toll-free sender not verified", 30032, ["scope_paused"], "senders WHERE state = 'paused'"),
        ("10DLC not registered", 30034, ["scope_paused"], "senders WHERE state = 'paused'"),
        ("sender unknown in the country", 30018, ["scope_paused"], "country_pauses WHERE country = 'US'"),
        ("text paused by WhatsApp", 63041, ["scope_paused"], "campaign_runs WHERE state = 'paused'"),
        ("too fast for 10DLC", 30022, ["sender_slowed"], "budgets WHERE share = 0.5"),
        ("queue overflow", 30001, ["sender_slowed"], "budgets WHERE share = 0.5"),
        (
            "10DLC limit of the day",
            30023,
            ["twilio_warning"],
            "budgets WHERE closed_until > now() + interval '23 h'",
        ),
        ("T-Mobile's limit of the day", 30027, ["twilio_warning"], "incidents WHERE kind = 'twilio_warning'"),
        ("a code nobody knows", 39999, ["unknown_code"], "incidents WHERE kind = 'unknown_code'"),
        ("no code at all", None, ["unknown_code"], "incidents WHERE kind = 'unknown_code'"),
    ],
)
async def test_a_failed_delivery_has_the_consequences_that_the_table_says(
    start: Start, equipment: Equipment, label: str, code: int | None, alarms: list[str], table: str
) -> None:
    sending, rows = await _accepted(start, equipment, people=2)
    async with sending.engine.begin() as connection:
        assert await _report(connection, rows[0], code) == alarms, label
        assert await _report(connection, rows[0], code) == [], "the same report again is no news"
        assert await _report(connection, rows[1], code) == [], "people hear of it once"
        found = await connection.execute(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 (the cases above)
        assert found.scalar_one() == 1, label


async def test_an_unknown_code_is_one_incident_that_counts_its_messages(
    start: Start, equipment: Equipment, twilio: Twilio
) -> None:
    await twilio.set(scripts={phone(number): {"error": 29_999} for number in range(30)})
    sending = await start(60)
    await sending.chunk(equipment)
    async with sending.engine.connect() as connection:
        found = await connection.execute(text("SELECT kind, campaign_run_id, detail FROM incidents"))
        incident = found.one()
    assert (incident.kind, incident.campaign_run_id) == ("unknown_code", UUID(str(sending.run.id)))
    assert (incident.detail["code"], incident.detail["messages"]) == (29_999, 30)
    assert await sending.states() == Counter(failed=30, accepted=30)
    async with sending.engine.connect() as connection:
        assert (await load_run(connection, sending.run.id)).stopped_because is None
