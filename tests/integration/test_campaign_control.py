"""Pause, resume, cancel, rate and timeline as a person runs them."""

import json
import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.pacing import closed_seconds, sender_key
from tests.integration.campaign_commands import TIDINGS, Command, created, execute, plan_by_hand
from tests.integration.prefect_double import FLOW_RUN_ID, PrefectDouble

_BUDGET = text("""
    INSERT INTO budgets (key, rate, free_at, closed_until)
    VALUES (:key, 10, clock_timestamp(), clock_timestamp() + make_interval(secs => :seconds))
    ON CONFLICT (key) DO UPDATE SET closed_until = EXCLUDED.closed_until
""")


async def states(engine: AsyncEngine) -> list[str]:
    async with engine.connect() as connection:
        rows = await connection.execute(text("SELECT state::text FROM messages ORDER BY id"))
        return list(rows.scalars())


async def run_state(engine: AsyncEngine) -> tuple[str, str | None]:
    async with engine.connect() as connection:
        row = (await connection.execute(text("SELECT state, state_reason FROM campaign_runs"))).one()
        return row.state, row.state_reason


async def told(tidings: Command, campaign_id: str) -> list[dict[str, Any]]:
    done = await tidings("campaign", "timeline", campaign_id, "--json")
    assert done.status == 0, done.stderr
    events: list[dict[str, Any]] = json.loads(done.stdout)["timeline"]
    return events


async def test_pause_and_resume(tidings: Command, committed: AsyncEngine, prefect: PrefectDouble) -> None:
    campaign_id = await created(tidings)
    await plan_by_hand(committed, campaign_id, "planned")
    paused = await tidings("campaign", "pause", "Sale", "--reason", "wrong price", "--json")
    assert json.loads(paused.stdout) == {
        "id": campaign_id, "name": "Sale", "occurrence": "once", "state": "paused", "reason": "wrong price"
    }  # fmt: skip
    assert await run_state(committed) == ("paused", "wrong price")
    asked = len(prefect.asked)
    resumed = json.loads((await tidings("campaign", "resume", "Sale", "--json")).stdout)
    assert (resumed["state"], resumed["flow_run_id"], resumed["resumed"]) == ("sending", FLOW_RUN_ID, True)
    assert [one["parameters"]["order"]["campaign"] for one in prefect.asked[asked:]] == [campaign_id]
    assert [(event["what"], event["actor"], event["why"]) for event in await told(tidings, campaign_id)] == [
        ("paused", "person", "wrong price"),
        ("resumed", "person", None),
    ]
    assert "wrong price" in (await tidings("campaign", "report", "Sale")).stdout


@pytest.mark.parametrize(
    ("rests_seconds", "goes_on"),
    [pytest.param(7_200, True, id="for hours"), pytest.param(60, False, id="for a moment")],
)
async def test_resume_wakes_a_sender_that_rests_for_long(
    tidings: Command, committed: AsyncEngine, prefect: PrefectDouble, *, rests_seconds: int, goes_on: bool
) -> None:
    campaign_id = await created(tidings)
    await plan_by_hand(committed, campaign_id, "planned")
    async with committed.begin() as connection:
        sender_id = (await connection.execute(text("SELECT sender_id FROM campaign_runs"))).scalar_one()
        await connection.execute(_BUDGET, {"key": sender_key(sender_id), "seconds": rests_seconds})
    asked = len(prefect.asked)
    done = await tidings("campaign", "resume", "Sale")
    assert (done.status == 0, len(prefect.asked) - asked) == (goes_on, int(goes_on))
    async with committed.connect() as connection:
        assert (await closed_seconds(connection, [sender_key(sender_id)]) == 0) is goes_on


async def test_cancel_closes_what_is_planned_and_nothing_else(tidings: Command, committed: AsyncEngine) -> None:
    campaign_id = await created(tidings)
    await plan_by_hand(committed, campaign_id, "planned", "claimed", "unknown", "delivered", "skipped")
    done = await tidings("campaign", "cancel", "Sale", "--reason", "sold out", "--yes", "--json")
    assert json.loads(done.stdout)["messages_canceled"] == 1
    assert await states(committed) == ["canceled", "claimed", "unknown", "delivered", "skipped"]
    assert await run_state(committed) == ("canceled", "sold out")
    assert (await tidings("campaign", "start", "Sale")).refusal == (
        'The run "once" of "Sale" was canceled; give --occurrence a new label to send it again.'
    )


@pytest.mark.parametrize(("answer", "left"), [(b"n\n", "planned"), (b"y\n", "canceled")])
async def test_cancel_asks_a_person_at_a_terminal(
    tidings: Command, committed: AsyncEngine, environment: dict[str, str], tmp_path: Path, answer: bytes, left: str
) -> None:
    await plan_by_hand(committed, await created(tidings), "planned")
    terminal, their_end = pty.openpty()
    os.write(terminal, answer)
    done = subprocess.run(  # noqa: ASYNC221 (nothing else is to happen meanwhile)
        [TIDINGS, "campaign", "cancel", "Sale"],
        env={**environment, "TIDINGS_ENV_FILE": ""},
        cwd=tmp_path,
        stdin=their_end,
        capture_output=True,
        text=True,
        check=False,
    )
    os.close(terminal)
    os.close(their_end)
    assert 'Cancel "Sale" for good, with 1 messages not sent yet?' in done.stderr
    assert await states(committed) == [left]
    assert (done.returncode == 0) == (left == "canceled")


async def test_a_campaign_that_waits_for_its_time_can_be_canceled(
    tidings: Command, committed: AsyncEngine, tmp_path: Path
) -> None:
    sale = tmp_path / "sale.yaml"
    sale.write_text(sale.read_text() + "send_at: 2099-01-01T09:00:00Z\n")
    campaign_id = await created(tidings)
    assert (await tidings("campaign", "start", campaign_id)).status == 0
    assert await run_state(committed) == ("scheduled", None)
    assert (await tidings("campaign", "cancel", campaign_id, "--yes")).status == 0
    assert await run_state(committed) == ("canceled", "canceled by a person")
    assert [event["what"] for event in await told(tidings, campaign_id)] == ["scheduled", "canceled"]


@pytest.mark.parametrize(
    ("rate", "effective", "says"),
    [
        ("50", 50.0, '"Sale" is sent at 50 segments a second.'),
        ("0.5", 0.5, '"Sale" is sent at 0.5 segments a second.'),
        ("5000", 100.0, '"Sale" is sent at 100 segments a second, its sender\'s rate.'),
        ("sender", 100.0, '"Sale" is sent at 100 segments a second, its sender\'s rate.'),
    ],
)
async def test_rate(tidings: Command, committed: AsyncEngine, rate: str, effective: float, says: str) -> None:
    campaign_id = await created(tidings)
    await plan_by_hand(committed, campaign_id, "planned")
    assert (await tidings("campaign", "rate", "Sale", rate)).stdout.strip() == says
    shown = json.loads((await tidings("campaign", "rate", "Sale", rate, "--json")).stdout)
    assert shown["effective_rate"] == effective
    async with committed.connect() as connection:
        lowest = await connection.execute(text("SELECT min(rate) FROM budgets WHERE key !~ 'transactional'"))
        assert lowest.scalar_one() == effective


@pytest.mark.parametrize("rate", ["0", "-1", "nan", "inf", "fast"])
async def test_what_is_no_rate_is_refused(tidings: Command, committed: AsyncEngine, rate: str) -> None:
    await plan_by_hand(committed, await created(tidings), "planned")
    assert (await tidings("campaign", "rate", "Sale", "--", rate)).refusal == (
        f'"{rate}" is not a rate; give SMS segments a second above 0, or "sender" for its sender\'s.'
    )


@pytest.mark.parametrize(
    ("state", "command", "says"),
    [
        ("paused", ("pause",), 'The run "once" of "Sale" is paused and cannot be paused; resume or cancel it.'),
        (
            "sending",
            ("resume",),
            (
                'The run "once" of "Sale" is being sent and cannot be resumed; '
                "it goes on by itself; if nothing leaves, start it again."
            ),
        ),
        (
            "finished",
            ("cancel",),
            (
                'The run "once" of "Sale" has finished and cannot be canceled; '
                "start it with a new --occurrence to send it again."
            ),
        ),
        (
            "canceled",
            ("rate", "5"),
            (
                'The run "once" of "Sale" was canceled and cannot be given another rate; '
                "start it with a new --occurrence to send it again."
            ),
        ),
    ],
)
async def test_a_refusal_says_what_to_do(
    tidings: Command, committed: AsyncEngine, state: str, command: tuple[str, ...], says: str
) -> None:
    await plan_by_hand(committed, await created(tidings), "planned")
    await execute(committed, "UPDATE campaign_runs SET state = :state", state=state)
    name, *arguments = command
    assert (await tidings("campaign", name, "Sale", *arguments)).refusal == says


@pytest.mark.parametrize("command", [("pause",), ("resume",), ("cancel",), ("rate", "5"), ("timeline",)])
async def test_before_the_start_there_is_nothing_to_control(tidings: Command, command: tuple[str, ...]) -> None:
    campaign_id = await created(tidings)
    name, *arguments = command
    assert (await tidings("campaign", name, "Sale", *arguments)).refusal == (
        f'"Sale" has no run "once" yet; start it with `tidings campaign start {campaign_id}`.'
    )


async def test_a_start_after_its_window_is_refused(tidings: Command, tmp_path: Path) -> None:
    sale = tmp_path / "sale.yaml"
    sale.write_text(sale.read_text() + "send_before: 2020-01-01T09:00:00Z\n")
    assert (await tidings("campaign", "start", await created(tidings))).refusal == (
        '"Sale" was to be sent before 2020-01-01T09:00:00+00:00; create it again with a later send_before.'
    )
