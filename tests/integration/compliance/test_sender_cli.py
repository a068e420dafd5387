"""`tidings sender …`, and the campaign that its rules refuse, as a person runs them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.conftest import MARKETING_SERVICE
from tests.integration.campaign_commands import Command
from tests.integration.population import add_contact, phone

LIVE = {"TWILIO_API_BASE_URL": ""}
REGISTERED = (
    'numbers:\n  - {number: "+12025550100", registration: registered, trust_score: 60}\n  - {number: Acme}\n'
)
TOLL_FREE = 'numbers: [{number: "+18005550100", registration: registered}]\n'
PENDING = 'numbers: [{number: "+12025550100", registration: pending}]\n'


Write = Callable[[str], int]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the file that the commands below are given."""
    return (tmp_path / "numbers.yaml").write_text


async def add_people(engine: AsyncEngine, *countries: str) -> None:
    async with engine.begin() as connection:
        owner = (await connection.execute(text("SELECT id FROM organizations"))).scalar_one()
        for nth, country in enumerate(countries):
            await add_contact(connection, owner, phone(nth), consent={"marketing": "opted_in"}, country=country)


async def test_what_was_said_is_shown_and_holds(tidings: Command, write: Write) -> None:
    write(TOLL_FREE)
    assert (await tidings("sender", "set", "marketing", "numbers.yaml")).status == 0
    shown = await tidings("sender", "show", MARKETING_SERVICE, "--json")
    [sender] = json.loads(shown.stdout)["senders"]
    assert (sender["rate"], sender["throughput"]) == (3.0, 3.0)
    assert sender["asked_rate"] > sender["rate"]
    assert sender["numbers"][0]["kind"] == "toll_free"
    assert "GB" in sender["refused_countries"]
    assert "US" not in sender["refused_countries"]


async def test_a_mistake_is_told_with_its_place(tidings: Command, write: Write) -> None:
    write('numbers:\n  - {number: "+12025550100", registration: registred}\n')
    refused = await tidings("sender", "set", "marketing", "numbers.yaml")
    assert refused.refusal.startswith('numbers.yaml, line 2, column 44: there is no registration "registred"')


async def test_a_sender_that_is_not_there_is_told_with_those_that_are(tidings: Command) -> None:
    refused = await tidings("sender", "show", "sales")
    assert (
        'There is no sender "sales" for sms; there are: marketing (sms), transactional (sms).' in refused.refusal
    )


@pytest.mark.parametrize(
    ("written", "changes", "status", "said"),
    [
        pytest.param(REGISTERED, {}, 0, "T-Mobile takes 40,000 segments a day of its brand.", id="all is well"),
        pytest.param(PENDING, {}, 0, "· +12025550100 to US: US carriers block", id="pending, on the simulator"),
        pytest.param(PENDING, LIVE, 1, "✗ +12025550100 to US: US carriers block", id="pending, live"),
    ],
)
async def test_check(
    tidings: Command, write: Write, written: str, changes: dict[str, str], status: int, said: str
) -> None:
    write(written)
    await tidings("sender", "set", "marketing", "numbers.yaml", **changes)
    done = await tidings("sender", "check", "marketing", **changes)
    assert (done.status, said in done.stdout) == (status, True), done


async def test_of_whom_nothing_is_known_is_told_and_stands_in_nobodys_way(tidings: Command) -> None:
    done = await tidings("sender", "check", "--json")
    findings = [finding for sender in json.loads(done.stdout)["senders"] for finding in sender["findings"]]
    assert done.status == 0
    assert [finding["problem"] for finding in findings] == [False, False]
    assert all("Nobody has said what" in finding["sentence"] for finding in findings)


async def test_a_campaign_that_would_reach_nobody_is_not_started(
    tidings: Command, write: Write, committed: AsyncEngine
) -> None:
    write(TOLL_FREE)
    await tidings("sender", "set", "marketing", "numbers.yaml")
    await add_people(committed, "GB", "DE")
    await tidings("campaign", "create", "sale.yaml")
    refused = await tidings("campaign", "start", "Sale")
    assert (
        '"Sale" would reach nobody, because its sender may not send to DE: outside the US and' in refused.refusal
    )
    assert refused.refusal.endswith("see `tidings sender check marketing`.")
    async with committed.begin() as connection:
        await connection.execute(text("UPDATE contacts SET country = 'US' WHERE country = 'GB'"))
    assert (await tidings("campaign", "start", "Sale")).status == 0
