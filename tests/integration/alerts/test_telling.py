"""What is new is taken once, to be told to Prefect, whoever found it; no number and no text is in it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.outcomes import Scope
from models.alerts.raising import check_rates
from models.alerts.telling import News, take_news
from models.pauses import Pause, pause
from models.webhook_events import Delivery, keep_unhandled
from models.webhook_replay import replay, unprocessed
from tests.conftest import ACCOUNT_SID
from tests.integration.alerts.runs import RULE, add_run, end_messages
from tests.integration.outbox import NOW


async def test_an_alert_of_a_campaign(connection: AsyncConnection, organization_id: UUID) -> None:
    run = await add_run(connection, organization_id, name="Autumn sale")
    await end_messages(connection, run, ["failed"] * 6)
    await check_rates(connection, RULE, now=NOW)
    (news,) = await take_news(connection, now=NOW)
    assert (news.event, news.about, news.name) == (
        "tidings.campaign.failing",
        f"campaign-run.{run.id}",
        "Autumn sale",
    )
    assert {name: news.payload[name] for name in ("counted", "total", "rate", "paused")} == {
        "counted": 6,
        "total": 6,
        "rate": 1.0,
        "paused": False,
    }
    assert await take_news(connection, now=NOW) == []


async def test_its_end_once_it_was_told(connection: AsyncConnection, organization_id: UUID) -> None:
    run = await add_run(connection, organization_id, name="Autumn sale")
    await end_messages(connection, run, ["failed"] * 6)
    await check_rates(connection, RULE, now=NOW)
    later = NOW + timedelta(hours=2)
    await check_rates(connection, RULE, now=later)
    raised, ended = await take_news(connection, now=later)
    assert (raised.event, ended.event) == ("tidings.campaign.failing", "tidings.campaign.no-longer-failing")
    assert (ended.about, ended.payload["reason"]) == (raised.about, f"Over: {raised.payload['reason']}")
    assert await take_news(connection, now=later) == []


async def test_a_pause_that_the_api_found(connection: AsyncConnection, organization_id: UUID) -> None:
    run = await add_run(connection, organization_id)
    cause = Pause(Scope.SENDER, "Mend it.", 21_212)
    await pause(connection, cause, run_id=run.id, sender_id=run.sender_id, now=NOW)
    (news,) = await take_news(connection, now=NOW)
    assert (news.event, news.about) == ("tidings.scope_paused", f"campaign-run.{run.id}")
    told = (news.payload["code"], news.payload["reason"], news.payload["sender_id"])
    assert told == (21_212, "Mend it.", str(run.sender_id))


async def test_a_webhook_that_failed_twice(connection: AsyncConnection, organization_id: UUID) -> None:
    broken = Delivery("inbound", "inbound:SM2", ACCOUNT_SID, "", [("Body", "no MessageSid")])
    await keep_unhandled(connection, broken, error="why", now=NOW)
    first: list[News] = await take_news(connection, now=NOW)
    later = NOW + timedelta(minutes=2)
    for id_ in await unprocessed(connection, after=0, most=10, now=later):
        await replay(connection, id_, now=later)
    (news,) = await take_news(connection, now=later)
    assert (first, news.event, news.about) == (
        [],
        "tidings.unhandled_webhook",
        f"organization.{organization_id}",
    )
    assert news.payload["webhook_kind"] == "inbound"
