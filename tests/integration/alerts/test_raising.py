"""An alert is raised once for each time that a rate is too high, for the right campaign or sender."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.alerts.raising import check_rates
from models.campaigns.runs import load_run
from models.campaigns.timeline import read_timeline
from models.policy.store import set_policy
from tests.integration.alerts.runs import RULE, add_run, alerts, end_messages, say_stop
from tests.integration.outbox import NOW, rows
from tests.integration.population import add_organization

FAILING = ["delivered"] * 6 + ["undelivered", "failed", "failed"]
FINE = ["delivered"] * 8 + ["failed"]


async def test_failures_raise_one_alert_until_they_end(connection: AsyncConnection, organization_id: UUID) -> None:
    run = await add_run(connection, organization_id)
    await end_messages(connection, run, FAILING)
    assert await check_rates(connection, RULE, now=NOW) == 1
    assert await check_rates(connection, RULE, now=NOW + timedelta(minutes=1)) == 0
    assert list(await alerts(connection)) == [("failures", run.id, 3, 9, False, True)]
    await check_rates(connection, RULE, now=NOW + timedelta(hours=2))
    assert [alert.is_open for alert in await alerts(connection)] == [False]


async def test_the_next_time_is_another_alert(connection: AsyncConnection, organization_id: UUID) -> None:
    run = await add_run(connection, organization_id)
    await end_messages(connection, run, FAILING)
    await check_rates(connection, RULE, now=NOW)
    later = NOW + timedelta(hours=2)
    await check_rates(connection, RULE, now=later)
    await end_messages(connection, run, FAILING, first=20, minutes_ago=-119)
    assert await check_rates(connection, RULE, now=later) == 1


@pytest.mark.parametrize(
    ("states", "minutes_ago"),
    [
        pytest.param(FINE, 1, id="few failures"),
        pytest.param(["failed"] * 4, 1, id="too few messages"),
        pytest.param(FAILING, 61, id="before the window"),
        pytest.param(["sent"] * 9, 1, id="not ended yet"),
        pytest.param(["skipped"] * 9, 1, id="never sent"),
    ],
)
async def test_no_alert(
    connection: AsyncConnection, organization_id: UUID, states: list[str], minutes_ago: float
) -> None:
    run = await add_run(connection, organization_id)
    await end_messages(connection, run, states, minutes_ago=minutes_ago)
    assert await check_rates(connection, RULE, now=NOW) == 0


async def test_opt_outs_count_for_the_last_message_a_person_got(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    first, second = await add_run(connection, organization_id), await add_run(connection, organization_id)
    await end_messages(connection, first, ["delivered"] * 9)
    await end_messages(connection, second, ["delivered"] * 9, first=10)
    await say_stop(connection, organization_id, 12, 13, 50)
    assert await check_rates(connection, RULE, now=NOW) == 1
    assert list(await alerts(connection)) == [("opt_outs", second.id, 2, 9, False, True)]


async def test_a_campaign_has_its_own_rule_and_is_paused(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    own = {"failure_rate": 0.1, "window_minutes": 120, "pause": True}
    strict = await add_run(connection, organization_id, alerts=own)
    usual = await add_run(connection, organization_id)
    await end_messages(connection, strict, FINE, minutes_ago=90)
    await end_messages(connection, usual, FINE, first=20)
    assert await check_rates(connection, RULE, now=NOW) == 1
    assert list(await alerts(connection)) == [("failures", strict.id, 1, 9, True, True)]
    paused = await load_run(connection, strict.id)
    assert (paused.state, (await load_run(connection, usual.id)).state) == ("paused", "sending")
    said = "1 of 9 messages that ended within 120 min failed (11.1%); an alert is raised at 10.0%."
    assert paused.stopped_because == said
    assert [(event.what, event.actor, event.why) for event in await read_timeline(connection, strict.id)] == [
        ("paused", "system", said)
    ]


async def test_what_a_person_resumes_is_not_paused_again(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    run = await add_run(connection, organization_id, alerts={"pause": True})
    await end_messages(connection, run, FAILING)
    await check_rates(connection, RULE, now=NOW)
    await connection.execute(text("UPDATE campaign_runs SET state = 'sending'"))
    await check_rates(connection, RULE, now=NOW + timedelta(minutes=1))
    assert (await load_run(connection, run.id)).state == "sending"


async def test_what_is_spread_over_small_campaigns_is_the_senders(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    for number in range(3):
        run = await add_run(connection, organization_id)
        await end_messages(connection, run, ["delivered", "failed"], first=10 * number)
    assert await check_rates(connection, RULE, now=NOW) == 1
    assert list(await alerts(connection)) == [("failures", None, 3, 6, False, True)]


async def test_other_systems_hear_of_it(connection: AsyncConnection, organization_id: UUID) -> None:
    run = await add_run(connection, organization_id)
    await end_messages(connection, run, FAILING)
    await check_rates(connection, RULE, now=NOW)
    told = "SELECT subject->>'alert', subject->>'campaign_run_id' FROM events WHERE kind = 'alert.raised'"
    assert await rows(connection, told) == [("failures", str(run.id))]


async def test_an_organizations_policy_changes_the_rule_of_its_campaigns_and_senders(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    written = "alerts: {failure_rate: 0.05, window_minutes: 180, minimum: 2}"
    await set_policy(connection, organization_id, written, actor="a test", now=NOW)
    small = await add_run(connection, organization_id, alerts={"minimum": 3})
    large = await add_run(connection, organization_id)
    await end_messages(connection, small, ["failed"] * 2)
    await end_messages(connection, large, ["failed"] * 2, first=10, minutes_ago=150)
    assert await check_rates(connection, RULE, now=NOW) == 1
    assert list(await alerts(connection)) == [("failures", large.id, 2, 2, False, True)]


async def test_another_organizations_policy_changes_nothing(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    other = await add_organization(connection, "other")
    await set_policy(connection, other, "alerts: {failure_rate: 0.05, minimum: 2}", actor="a test", now=NOW)
    await end_messages(connection, await add_run(connection, organization_id), ["failed"] * 2)
    assert await check_rates(connection, RULE, now=NOW) == 0


async def test_other_systems_hear_of_the_end(connection: AsyncConnection, organization_id: UUID) -> None:
    run = await add_run(connection, organization_id)
    await end_messages(connection, run, FAILING)
    await check_rates(connection, RULE, now=NOW)
    for _ in range(2):
        await check_rates(connection, RULE, now=NOW + timedelta(hours=2))
    told = "SELECT subject->>'alert', subject->>'campaign_run_id' FROM events WHERE kind = 'alert.ended'"
    assert await rows(connection, told) == [("failures", str(run.id))]
