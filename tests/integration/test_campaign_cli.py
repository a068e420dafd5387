"""The campaign commands as a person runs them: what they print, and with which exit status they end."""

import asyncio
import csv
import json
import signal
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from flows.campaign import CampaignOrder
from tests.integration.campaign_commands import FILE, NO_TWILIO, TIDINGS, Command, created, execute, plan_by_hand
from tests.integration.population import add_contact, phone
from tests.integration.prefect_double import FLOW_RUN_ID, PrefectDouble


async def test_create_prints_the_id_alone(tidings: Command) -> None:
    done = await tidings("campaign", "create", "sale.yaml")
    assert done.status == 0
    listed = json.loads((await tidings("campaign", "list", "--json")).stdout)["campaigns"]
    assert [line["id"] for line in listed] == [done.stdout.strip()]
    assert (listed[0]["name"], listed[0]["state"]) == ("Sale", None)
    assert done.stdout.strip() in (await tidings("campaign", "list")).stdout


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            FILE.replace("first_name", "city"),
            'sale.yaml, line 3, column 13: there is no variable "city"; known are',
        ),
        (FILE + "colour: red\n", 'sale.yaml, line 5, column 1: there is no key "colour"'),
    ],
)
async def test_a_mistake_stores_nothing(tidings: Command, tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "sale.yaml").write_text(content)
    assert (await tidings("campaign", "create", "sale.yaml")).refusal.startswith(says)
    assert json.loads((await tidings("campaign", "list", "--json")).stdout) == {"campaigns": []}


async def test_an_attribute_of_a_contact_is_a_variable(
    tidings: Command, tmp_path: Path, committed: AsyncEngine
) -> None:
    async with committed.begin() as connection:
        organization_id = (await connection.execute(text("SELECT id FROM organizations"))).scalar_one()
        consent = {"marketing": "opted_in"}
        await add_contact(connection, organization_id, phone(1), attributes={"city": "Bonn"}, consent=consent)
        await add_contact(connection, organization_id, phone(2), attributes={"city": "Oslo"})
    (tmp_path / "sale.yaml").write_text(FILE.replace("first_name", "city"))
    campaign_id = await created(tidings)
    seen = json.loads((await tidings("campaign", "preview", campaign_id, "--json")).stdout)
    assert (seen["audience"], seen["eligible"], seen["skipped"]["no_consent"]) == (2, 1, 1)
    assert [(sample["to"], sample["body"]) for sample in seen["samples"]] == [("***01", "Hi Bonn")]
    shown = await tidings("campaign", "preview", "Sale", "--show-numbers")
    assert shown.status == 0
    assert f"To {phone(1)} (US), 1 segment(s) of GSM-7:\nHi Bonn" in shown.stdout
    assert "100 segments a second" in shown.stdout


@pytest.mark.parametrize("command", ["preview", "start", "report"])
async def test_an_unknown_campaign_is_one_sentence(tidings: Command, command: str) -> None:
    assert (await tidings("campaign", command, "Sael")).refusal == (
        'There is no campaign "Sael"; `tidings campaign list` shows all of them.'
    )


async def test_start_asks_prefect_and_prints_where_to_look(tidings: Command, prefect: PrefectDouble) -> None:
    campaign_id = await created(tidings)
    started = json.loads((await tidings("campaign", "start", campaign_id, "--occurrence", "may", "--json")).stdout)
    assert (started["flow_run_id"], started["begins_at"], started["resumed"]) == (FLOW_RUN_ID, None, False)
    assert started["url"] == prefect.url.removesuffix("/api") + f"/runs/flow-run/{FLOW_RUN_ID}"
    order = CampaignOrder.model_validate(prefect.asked[-1]["parameters"]["order"])
    assert (order.campaign, order.occurrence) == (campaign_id, "may")
    assert order.shards == 1
    assert "state" not in prefect.asked[-1]


async def test_start_asks_for_as_many_flow_runs_as_told(tidings: Command, prefect: PrefectDouble) -> None:
    done = await tidings("campaign", "start", await created(tidings), "--shards", "32")
    assert done.status == 0, done.stderr
    assert CampaignOrder.model_validate(prefect.asked[-1]["parameters"]["order"]).shards == 32
    assert (await tidings("campaign", "start", "Sale", "--shards", "33")).status == 2


async def test_start_waits_for_send_at(tidings: Command, prefect: PrefectDouble, tmp_path: Path) -> None:
    (tmp_path / "sale.yaml").write_text(FILE + "send_at: 2099-01-01T09:00:00+01:00\n")
    done = await tidings("campaign", "start", await created(tidings))
    assert '"Sale" begins at 2099-01-01T08:00:00+00:00, its send_at.' in done.stderr
    assert prefect.asked[-1]["state"] == {
        "type": "SCHEDULED",
        "state_details": {"scheduled_time": "2099-01-01T08:00:00+00:00"},
    }


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"PUBLIC_BASE_URL": ""}, "PUBLIC_BASE_URL is not set"),
        (
            {"PREFECT_API_URL": ""},
            "PREFECT_API_URL is not set and no stack is running; start one with `tidings up`.",
        ),
        ({"PREFECT_API_URL": "http://127.0.0.1:9/api"}, "Prefect at http://127.0.0.1:9/api does not answer"),
        ({"TIDINGS_DATABASE_URL": ""}, "No stack runs on"),
        (
            {"TIDINGS_DATABASE_URL": "postgresql://nobody:secret@127.0.0.1:9/none"},
            "The database postgresql://nobody@127.0.0.1:9/none does not answer: ",
        ),
        (
            NO_TWILIO,
            "No Twilio account is set",
        ),
    ],
)
async def test_what_is_missing_is_one_sentence(
    tidings: Command, prefect: PrefectDouble, changes: dict[str, str], says: str
) -> None:
    campaign_id = await created(tidings)
    before = len(prefect.asked)
    said = (await tidings("campaign", "start", campaign_id, **changes)).refusal
    assert said.startswith(says)
    assert "secret" not in said
    assert len(prefect.asked) == before


SWEPT_AT_ONCE = {
    "TIDINGS_REQUEST_SECONDS": "0.2",
    "TIDINGS_SETTLE_GRACE_SECONDS": "0",
    "TIDINGS_SWEEP_SECONDS": "0.2",
}
"""A lost answer is settled within a second, or not at all."""


@pytest.mark.parametrize(("states", "status"), [(("delivered", "skipped"), 0), (("delivered", "unknown"), 3)])
async def test_wait_ends_with_the_report(
    tidings: Command, committed: AsyncEngine, states: tuple[str, ...], status: int
) -> None:
    campaign_id = await created(tidings)
    await plan_by_hand(committed, campaign_id, *states)
    done = await tidings("campaign", "start", campaign_id, "--wait", "--json", **SWEPT_AT_ONCE)
    assert done.status == status
    report = json.loads(done.stdout)["report"]
    assert report["audience"] == 2
    assert {state for state, count in report["states"].items() if count} == set(states)
    assert f"2 of 2: 1 delivered, 1 {states[1]}" in done.stderr


async def test_wait_tells_why_nobody_sends_the_rest(
    tidings: Command, committed: AsyncEngine, prefect: PrefectDouble
) -> None:
    campaign_id = await created(tidings)
    await plan_by_hand(committed, campaign_id, "planned")
    prefect.state = {
        "type": "FAILED",
        "message": "Flow run encountered an exception: RunPaused: Mend the account.",
    }
    done = await tidings("campaign", "start", campaign_id, "--wait")
    assert done.status == 1
    assert done.stderr.endswith("tidings: Mend the account.\n")
    assert "planned" in done.stdout


def _as_in_a_terminal() -> None:
    """A shell that runs these tests in the background has told them to ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


async def test_ctrl_c_only_stops_watching(
    tidings: Command, environment: dict[str, str], committed: AsyncEngine, tmp_path: Path
) -> None:
    campaign_id = await created(tidings)
    await plan_by_hand(committed, campaign_id, "planned")
    watching = await asyncio.create_subprocess_exec(
        TIDINGS,
        *("campaign", "start", campaign_id, "--wait"),
        env={**environment, "TIDINGS_ENV_FILE": ""},
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        preexec_fn=_as_in_a_terminal,
    )
    assert watching.stderr is not None
    while b"0 of 1" not in (line := await asyncio.wait_for(watching.stderr.readline(), 30)):
        assert line
    watching.send_signal(signal.SIGINT)
    said = await asyncio.wait_for(watching.stderr.read(), 20)
    assert await watching.wait() == 130
    assert said.decode() == (
        f"No longer watching; the campaign goes on. See `tidings campaign report {campaign_id}`.\n"
    )


async def test_report_before_the_start_says_so(tidings: Command) -> None:
    campaign_id = await created(tidings)
    assert (await tidings("campaign", "report", "Sale")).refusal == (
        f'"Sale" has no run "once" yet; start it with `tidings campaign start {campaign_id}`.'
    )


async def test_report_for_people_machines_and_spreadsheets(
    tidings: Command, committed: AsyncEngine, tmp_path: Path
) -> None:
    await plan_by_hand(committed, await created(tidings), "planned", "planned", "delivered", "failed")
    await execute(committed, "UPDATE messages SET error_code = 30005 WHERE state = 'failed'")
    await execute(
        committed, "UPDATE messages SET send_after = now() + interval '1 h' WHERE phone = :p", p=phone(0)
    )
    done = await tidings("campaign", "report", "Sale", "--json", "--csv", "sale.csv")
    report = json.loads(done.stdout)
    assert sum(report["states"].values()) == report["audience"] == 4
    assert [report["states"][state] for state in ("planned", "held", "delivered", "failed")] == [1, 1, 1, 1]
    with (tmp_path / "sale.csv").open(newline="") as file:
        figures = {(row["group"], row["name"]): row for row in csv.DictReader(file)}
    assert figures["state", "held"]["count"] == "1"
    assert figures["error", "30005"]["meaning"] == report["errors"]["30005"]["sentence"]
    shown = (await tidings("campaign", "report", "Sale")).stdout
    assert "25.0%" in shown
    assert "code 30005" in shown
    assert (
        await tidings("campaign", "report", "Sale", "--csv", ".")
    ).refusal == ". cannot be written: is a directory."
