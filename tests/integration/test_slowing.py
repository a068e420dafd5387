"""Twilio's complaints slow a sender down for everyone who shares it, and close it while Twilio says to wait."""

import io
from time import monotonic
from uuid import UUID, uuid4

import pytest
from rich.console import Console
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.report_table import show_report
from models.campaigns.report import Report, read_report
from models.campaigns.runs import ensure_run
from models.campaigns.tables import ONCE
from models.columns import utc_now
from models.pacing import Grant, Urgency, Wait, closed_seconds, reserve, segments_per_second, sender_key
from models.slowing import LONGEST_SECONDS, Slowed, close_sender, open_sender, slow_down
from tests.integration.population import add_campaign


@pytest.fixture
async def sender_id(connection: AsyncConnection) -> UUID:
    made = uuid4()
    await connection.execute(
        text("INSERT INTO budgets (key, rate, free_at) VALUES (:key, 100, clock_timestamp())"),
        {"key": sender_key(made)},
    )
    return made


async def _age(connection: AsyncConnection, sender_id: UUID, seconds: float) -> None:
    """Makes the last cut so much older."""
    await connection.execute(
        text("UPDATE budgets SET slowed_at = slowed_at - make_interval(secs => :s) WHERE key = :key"),
        {"s": seconds, "key": sender_key(sender_id)},
    )


async def test_a_complaint_halves_the_rate_of_all_workers(connection: AsyncConnection, sender_id: UUID) -> None:
    assert await slow_down(connection, sender_id) == Slowed(0.5, 50.0, was_well=True)
    keys = [sender_key(sender_id)]
    assert await segments_per_second(connection, keys) == pytest.approx(50, rel=0.01)
    grant = await reserve(connection, keys, units=10)
    assert isinstance(grant, Grant)
    assert grant.interval == pytest.approx(1 / 50, rel=0.01)
    following = await reserve(connection, keys, units=1)
    assert isinstance(following, Grant)
    assert following.delay == pytest.approx(10 / 50, abs=0.02)


async def test_a_burst_of_complaints_halves_once(connection: AsyncConnection, sender_id: UUID) -> None:
    first, *others = [await slow_down(connection, sender_id) for _ in range(50)]
    assert first is not None
    assert set(others) == {None}


async def test_the_rate_comes_back_by_itself(connection: AsyncConnection, sender_id: UUID) -> None:
    await slow_down(connection, sender_id)
    await _age(connection, sender_id, 10)
    assert await segments_per_second(connection, [sender_key(sender_id)]) == pytest.approx(93.75, rel=0.01)
    await _age(connection, sender_id, 60)
    assert await segments_per_second(connection, [sender_key(sender_id)]) == 100


async def test_complaints_without_end_leave_a_little(connection: AsyncConnection, sender_id: UUID) -> None:
    for _ in range(30):
        await slow_down(connection, sender_id)
        await _age(connection, sender_id, 2)
    await slow_down(connection, sender_id)
    assert await segments_per_second(connection, [sender_key(sender_id)]) == pytest.approx(1, rel=0.01)


async def test_nothing_is_granted_before_the_wait_that_twilio_asked_for_ends(
    connection: AsyncConnection, sender_id: UUID
) -> None:
    began = monotonic()
    assert await close_sender(connection, sender_id, seconds=30)
    keys = [sender_key(sender_id)]
    for urgency in Urgency:
        answer = await reserve(connection, keys, units=1, urgency=urgency)
        assert isinstance(answer, Wait)
        assert 30 - (monotonic() - began) - 0.05 <= answer.seconds <= 30
    assert not await close_sender(connection, sender_id, seconds=10), (
        "a shorter wait does not replace a longer one"
    )
    closed = await closed_seconds(connection, keys)
    assert 30 - (monotonic() - began) - 0.05 <= closed <= 30
    await connection.execute(
        text("UPDATE budgets SET closed_until = clock_timestamp() WHERE key = ANY(:k)"), {"k": keys}
    )
    assert isinstance(await reserve(connection, keys, units=1), Grant)


async def test_no_wait_is_longer_than_a_day(connection: AsyncConnection, sender_id: UUID) -> None:
    await close_sender(connection, sender_id, seconds=1e12)
    assert await closed_seconds(connection, [sender_key(sender_id)]) == pytest.approx(LONGEST_SECONDS, abs=1)


async def test_a_person_may_end_a_daily_limit_but_not_a_short_wait(
    connection: AsyncConnection, sender_id: UUID
) -> None:
    await close_sender(connection, sender_id, seconds=60)
    assert not await open_sender(connection, sender_id)
    await close_sender(connection, sender_id, seconds=86_400)
    assert await open_sender(connection, sender_id)
    assert await closed_seconds(connection, [sender_key(sender_id)]) == 0


async def test_a_sender_without_budget_is_not_slowed(connection: AsyncConnection) -> None:
    assert await slow_down(connection, uuid4()) is None
    assert not await close_sender(connection, uuid4(), seconds=5)


async def test_a_report_tells_what_holds_the_sender_up(connection: AsyncConnection, organization_id: UUID) -> None:
    campaign = await add_campaign(connection, organization_id)
    run = await ensure_run(connection, campaign, occurrence=ONCE, now=utc_now())
    assert (await _report(connection, run.id)).pace is None
    await slow_down(connection, run.sender_id)
    slowed = await _report(connection, run.id)
    assert slowed.pace is not None
    assert slowed.pace.segments_per_second == pytest.approx(50, rel=0.01)
    assert "sender: slowed down to 50" in _printed(slowed)
    await close_sender(connection, run.sender_id, seconds=7_260)
    resting = await _report(connection, run.id)
    assert "sender: rests for another 2:0" in _printed(resting)
    assert resting.to_json()["pace"]["rate"] == 100


async def _report(connection: AsyncConnection, run_id: UUID) -> Report:
    return await read_report(connection, run_id, now=utc_now())


def _printed(report: Report) -> str:
    console = Console(file=io.StringIO(), width=200, soft_wrap=True)
    with console.capture() as captured:
        show_report(console, report)
    return captured.get()
