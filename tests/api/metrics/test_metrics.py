"""Metrics are true, bounded and without persons; only the operator's keys read them."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.alerts.raising import check_rates
from models.api_keys.scopes import Scope
from models.api_keys.secret import Secret
from models.webhook_events import Delivery, keep_unhandled
from tests.api.metrics.reading import STALE, of, scrape
from tests.api.server import PERSON, Api
from tests.api.v1.client import new_key
from tests.conftest import ACCOUNT_SID
from tests.integration.alerts.runs import RULE, add_run, end_messages, say_stop
from tests.integration.outbox import NOW, sid
from tests.integration.population import add_organization, phone


async def test_figures_of_the_database(api: Api, database: AsyncEngine, organization_id: UUID) -> None:
    key = await new_key(database, Scope.METRICS_READ)
    broken = Delivery("inbound", "inbound:SM2", ACCOUNT_SID, "", [("Body", "no MessageSid")])
    async with database.begin() as connection:
        run = await add_run(connection, organization_id)
        await end_messages(connection, run, ["failed"] * 6 + ["claimed"] + ["unknown"] * 2 + ["planned"] * 3)
        await check_rates(connection, RULE, now=NOW)
        await say_stop(connection, organization_id, 1)
        await keep_unhandled(connection, broken, error="why", now=NOW)
        await connection.execute(
            text("UPDATE messages SET updated_at = now(), claimed_at = now() - interval '90 s'")
        )
    await asyncio.sleep(STALE)
    found = await scrape(api.client, key)
    expected = {
        of("tidings_database_up"): 1,
        of("tidings_figures_left_out"): 0,
        of("tidings_webhooks_unprocessed"): 1,
        of("tidings_webhooks_failed"): 1,
        of("tidings_messages_planned"): 3,
        of("tidings_messages_open", state="claimed"): 1,
        of("tidings_messages_open", state="unknown"): 2,
        of("tidings_messages_ended_5m", state="failed", **{"class": "unknown_code"}): 6,
        of("tidings_alerts_open", kind="failures"): 1,
        of("tidings_alerts_open", kind="opt_outs"): 0,
        of("tidings_runs", state="sending"): 1,
        of("tidings_stream_clients"): 0,
    }
    assert {sample: found.get(sample) for sample in expected} == expected
    assert 90 <= found[of("tidings_claim_oldest_seconds")] < 120
    assert found[of("tidings_opt_outs_total")] >= 1
    rates = {
        dict(labels)["purpose"]: value
        for (name, labels), value in found.items()
        if name == "tidings_sender_segments_per_second"
    }
    assert rates == {"marketing": 100.0}


async def test_webhooks_are_timed_by_how_they_end(api: Api, database: AsyncEngine) -> None:
    key = await new_key(database, Scope.METRICS_READ)
    before = await scrape(api.client, key)
    await api.status("sent", sid=sid(1))
    await api.inbound("Hello there", sid=sid(2))
    await api.post_raw("/webhooks/twilio/status", "a=b", signature="forged")
    await api.inbound("Hi", sid="-")
    after = await scrape(api.client, key)
    counted = {
        of("tidings_webhook_seconds_count", route="status", status="2xx", outcome="stored"): 1,
        of("tidings_webhook_seconds_count", route="inbound", status="2xx", outcome="stored"): 1,
        of("tidings_webhook_seconds_count", route="status", status="4xx", outcome="not_signed"): 1,
        of("tidings_webhook_seconds_count", route="inbound", status="4xx", outcome="malformed"): 1,
    }
    assert {sample: after.get(sample, 0) - before.get(sample, 0) for sample in counted} == counted
    shown = str(list(after))
    assert not [secret for secret in (PERSON, phone(1), "Hello there", sid(1)) if secret in shown]


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        pytest.param(None, 401, id="no key"),
        pytest.param("Basic abc", 401, id="another scheme"),
        pytest.param("Bearer tidings_x", 401, id="no key of ours"),
        pytest.param(f"Bearer {Secret.new().text}", 401, id="an unknown key"),
    ],
)
async def test_nobody_without_a_key(api: Api, authorization: str | None, status: int) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = await api.client.get("/metrics", headers=headers)
    assert (answer.status_code, "tidings_" in answer.text.replace("tidings_…", "")) == (status, False)


async def test_only_the_default_organizations_keys_with_the_scope(api: Api, database: AsyncEngine) -> None:
    async with database.begin() as connection:
        await add_organization(connection, "acme")
    for key in (await new_key(database, organization="acme"), await new_key(database, Scope.EVENTS_READ)):
        answer = await api.client.get("/metrics", headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 403
