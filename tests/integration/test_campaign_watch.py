"""Watching a campaign follows its rows, and ends when nothing is left or nobody will send what is left."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.prefect_runs import FlowRun
from cli import watching
from cli.watching import Ending, Glance, watch
from models.campaigns.runs import ensure_run
from models.campaigns.tables import ONCE
from models.columns import utc_now
from tests.integration.population import add_campaign

RUNNING = FlowRun(state_type="RUNNING")
FAILED = FlowRun(state_type="FAILED", message="Flow run encountered an exception: tasks.finish.RunPaused: Mend it")
CRASHED = FlowRun(state_type="CRASHED", message="gone")

_MESSAGES = text("""
    INSERT INTO messages (organization_id, direction, state, phone, channel, campaign_run_id, created_at,
        updated_at)
    SELECT r.organization_id, 'outbound', s::message_state, '+1', 'sms', r.id, now(), now()
    FROM campaign_runs r CROSS JOIN unnest(CAST(:states AS text[])) s
""")


_SEND_ONE = text("""
    UPDATE messages SET state = 'sent' WHERE id = (SELECT max(id) FROM messages WHERE state < 'sent')
""")


async def a_campaign(engine: AsyncEngine, *states: str, run: bool = True, planned: bool = True) -> UUID:
    async with engine.begin() as connection:
        organization_id = (await connection.execute(text("SELECT id FROM organizations"))).scalar_one()
        campaign = await add_campaign(connection, organization_id)
        if run:
            await ensure_run(connection, campaign, occurrence=ONCE, now=utc_now())
        if planned:
            await connection.execute(text("UPDATE campaign_runs SET planned_at = now(), state = 'sending'"))
        await connection.execute(_MESSAGES, {"states": list(states)})
    return campaign.id


async def watched(
    engine: AsyncEngine,
    campaign_id: UUID,
    *flow_runs: FlowRun | None,
    show: Callable[[Glance], None] = lambda _: None,
) -> Ending:
    answers = list(flow_runs)

    async def flow_run() -> FlowRun | None:
        return answers.pop(0) if len(answers) > 1 else answers[0]

    return await watch(engine, campaign_id=campaign_id, occurrence=ONCE, flow_run=flow_run, show=show)


@dataclass(frozen=True)
class Case:
    label: str
    states: tuple[str, ...]
    flow_run: FlowRun | None
    exit_status: int
    problem: str | None = None
    run: bool = True
    planned: bool = True


CASES = [
    Case("all sent", ("sent", "delivered", "skipped", "failed"), RUNNING, 0),
    Case("an empty audience", (), RUNNING, 0),
    Case("one is unknown", ("sent", "unknown"), RUNNING, 3),
    Case("all sent, whatever became of the flow run", ("sent",), CRASHED, 0),
    Case("Prefect does not answer", ("sent",), None, 0),
    Case("the flow run says why", ("planned", "sent"), FAILED, 1, "Mend it."),
    Case(
        "the flow run crashed",
        ("planned", "claimed"),
        CRASHED,
        1,
        "The flow run is crashed with 2 messages left; start the campaign again to go on.",
    ),
    Case(
        "before the plan",
        (),
        CRASHED,
        1,
        "The flow run is crashed and nothing was planned; start the campaign again.",
        planned=False,
    ),
    Case("before the run", (), FAILED, 1, "Mend it.", run=False, planned=False),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
async def test_how_it_ends(committed: AsyncEngine, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "TAKEN_UP_SECONDS", 0.2)
    campaign_id = await a_campaign(committed, *case.states, run=case.run, planned=case.planned)
    ended = await watched(committed, campaign_id, case.flow_run)
    assert (ended.exit_status, ended.problem) == (case.exit_status, case.problem)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE campaign_runs SET state = 'paused', state_reason = 'Twilio refuses the account'",
        "UPDATE senders SET state = 'paused', state_reason = 'Twilio refuses the account'",
    ],
    ids=["the run", "its sender"],
)
async def test_a_pause_ends_it_with_the_reason(committed: AsyncEngine, statement: str) -> None:
    campaign_id = await a_campaign(committed, "planned", "sent")
    async with committed.begin() as connection:
        await connection.execute(text(statement))
    ended = await watched(committed, campaign_id, RUNNING)
    assert ended.exit_status == 1
    assert ended.problem == "The campaign stopped with 1 message left: Twilio refuses the account."


async def test_it_goes_on_until_the_last_one_is_sent(committed: AsyncEngine) -> None:
    campaign_id = await a_campaign(committed, "planned", "claimed")
    seen: list[int] = []

    async def flow_run() -> FlowRun:
        async with committed.begin() as connection:
            await connection.execute(_SEND_ONE)
        return RUNNING

    ended = await watch(
        committed,
        campaign_id=campaign_id,
        occurrence=ONCE,
        flow_run=flow_run,
        show=lambda glance: seen.append(glance.left),
    )
    assert (seen, ended.exit_status) == ([1, 0], 0)


async def test_after_a_pause_it_waits_for_what_workers_hold(committed: AsyncEngine) -> None:
    campaign_id = await a_campaign(committed, "planned", "claimed", "claimed")
    async with committed.begin() as connection:
        await connection.execute(text("UPDATE campaign_runs SET state = 'paused', state_reason = 'Mended?'"))

    async def flow_run() -> FlowRun:
        async with committed.begin() as connection:
            await connection.execute(_SEND_ONE)
        return RUNNING

    ended = await watch(
        committed, campaign_id=campaign_id, occurrence=ONCE, flow_run=flow_run, show=lambda _: None
    )
    assert ended.problem == "The campaign stopped with 1 message left: Mended?"


async def test_a_killed_flow_run_is_no_end_as_the_sweep_takes_over(committed: AsyncEngine) -> None:
    campaign_id = await a_campaign(committed, "planned", "claimed", "claimed")

    async def flow_run() -> FlowRun:
        async with committed.begin() as connection:
            await connection.execute(_SEND_ONE)
        return CRASHED

    ended = await watch(
        committed, campaign_id=campaign_id, occurrence=ONCE, flow_run=flow_run, show=lambda _: None
    )
    assert (ended.problem, ended.exit_status) == (None, 0)


_SETTLED = text("UPDATE messages SET state = 'sent' WHERE state = 'unknown'")
_FOR_A_PERSON = text("""
    INSERT INTO settlements (message_id, claim_id, verdict, looked_at)
    SELECT id, claim_id, 'review', now() FROM messages WHERE state = 'unknown'
""")


@pytest.mark.parametrize(
    ("sweep", "answering", "looks", "exit_status"),
    [
        pytest.param(_SETTLED, RUNNING, 2, 0, id="settled by the sweep"),
        pytest.param(_SETTLED, CRASHED, 2, 0, id="settled by the sweep after the flow run's end"),
        pytest.param(_FOR_A_PERSON, RUNNING, 2, 3, id="for a person to decide"),
        pytest.param(None, RUNNING, 3, 3, id="never settled"),
        pytest.param(_SETTLED, None, 1, 3, id="Prefect is down, so nobody sweeps"),
    ],
)
async def test_lost_answers_are_waited_for_while_someone_settles_them(
    committed: AsyncEngine, sweep: TextClause | None, answering: FlowRun | None, looks: int, exit_status: int
) -> None:
    campaign_id = await a_campaign(committed, "sent", "unknown")
    async with committed.begin() as connection:
        await connection.execute(text("UPDATE messages SET claim_id = gen_random_uuid()"))
    seen: list[int] = []

    async def flow_run() -> FlowRun | None:
        if len(seen) == 1 and sweep is not None:
            async with committed.begin() as connection:
                await connection.execute(sweep)
        return answering

    ended = await watch(
        committed,
        campaign_id=campaign_id,
        occurrence=ONCE,
        flow_run=flow_run,
        show=lambda glance: seen.append(glance.unsettled),
        settling_seconds=0.8,
    )
    assert (len(seen), ended.exit_status) == (looks, exit_status)


async def test_another_occurrence_is_not_this_one(committed: AsyncEngine) -> None:
    campaign_id = await a_campaign(committed, "sent")

    async def flow_run() -> FlowRun:
        return CRASHED

    ended = await watch(
        committed, campaign_id=campaign_id, occurrence="next", flow_run=flow_run, show=lambda _: None
    )
    assert ended.last.run is None
    assert ended.exit_status == 1
