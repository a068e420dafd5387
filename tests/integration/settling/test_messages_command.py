"""`tidings messages` as people run it, on messages whose answer was lost."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from messaging.phones import mask
from tasks.equipment import Equipment
from tasks.settling import settle_all
from tests.fixtures.campaigns import Sending
from tests.fixtures.sending import Start
from tests.integration.command_line import Done, run_command
from tests.integration.population import add_organization, phone
from tests.integration.settling.conftest import let_grace_pass
from tests.simulator.running import SERVICE, Twilio

Command = Callable[..., Awaitable[Done]]


@pytest.fixture
def messages(hasty: Equipment, tmp_path: Path) -> Command:
    """Runs `tidings messages …` on the test's database and simulator."""
    environment = {"TIDINGS_ENV_FILE": ""}
    for name, value in hasty.settings.model_dump(exclude_none=True, exclude_defaults=True).items():
        environment[name.upper()] = str(value.get_secret_value() if isinstance(value, SecretStr) else value)

    async def run(*arguments: str) -> Done:
        return await run_command("messages", *arguments, environment=environment, folder=tmp_path)

    return run


async def _to_review(start: Start, hasty: Equipment, twilio: Twilio) -> tuple[Sending, int, str]:
    """A message for a person to decide, with a message at Twilio that nobody owns."""
    await twilio.set(faults={"reset_before": 1.0})
    sending = await start(1)
    await sending.chunk(hasty)
    await twilio.set(faults=None)
    foreign: dict[str, Any] = (await twilio.create(phone(0), "Other words", MessagingServiceSid=SERVICE)).json
    assert (await settle_all(hasty)).verdicts == Counter(review=1)
    return sending, (await sending.rows())[phone(0)].id, foreign["sid"]


async def _decided_by(hasty: Equipment) -> tuple[str, str]:
    async with hasty.engine.connect() as connection:
        row = (await connection.execute(text("SELECT verdict, decided_by FROM settlements"))).one()
    return row.verdict, row.decided_by.split(":")[0]


async def test_settle_tells_what_it_did(start: Start, hasty: Equipment, twilio: Twilio, messages: Command) -> None:
    await twilio.set(faults={"reset_after": 1.0})
    await (await start(3)).chunk(hasty)
    done = await messages("settle", "--json")
    assert json.loads(done.stdout) == {
        "busy": False,
        "expired_claims": 0,
        "unread": 0,
        "problems": [],
        "verdicts": {"adopted": 3},
    }
    assert (await messages("settle")).stdout.strip() == "Nothing to settle now."


async def test_review_shows_the_evidence_and_masks_the_number(
    start: Start, hasty: Equipment, twilio: Twilio, messages: Command
) -> None:
    _, message_id, sid = await _to_review(start, hasty, twilio)
    for_people = (await messages("settle", "--review")).stdout
    assert sid in for_people
    assert mask(phone(0)) in for_people
    assert phone(0) not in for_people
    (review,) = json.loads((await messages("settle", "--review", "--json", "--show-numbers")).stdout)["reviews"]
    assert (review["id"], review["phone"], review["evidence"][0]["sid"]) == (message_id, phone(0), sid)
    shown = await messages("show", str(message_id))
    assert "review by settler" in shown.stdout
    assert sid in shown.stdout


async def test_a_person_adopts(start: Start, hasty: Equipment, twilio: Twilio, messages: Command) -> None:
    sending, message_id, sid = await _to_review(start, hasty, twilio)
    done = await messages("settle", str(message_id), "--adopt", sid)
    assert done.stdout.strip() == f"Message {message_id}: adopted."
    assert (await sending.rows())[phone(0)].twilio_sid == sid
    assert await _decided_by(hasty) == ("adopted", "person")
    assert "can be decided" in (await messages("settle", str(message_id), "--resend")).refusal


async def test_a_person_sends_again(start: Start, hasty: Equipment, twilio: Twilio, messages: Command) -> None:
    sending, message_id, _ = await _to_review(start, hasty, twilio)
    assert (await messages("settle", str(message_id), "--resend")).status == 0
    assert await sending.states() == Counter(planned=1)
    assert await _decided_by(hasty) == ("resent", "person")


async def test_a_person_gives_up(start: Start, hasty: Equipment, twilio: Twilio, messages: Command) -> None:
    sending, message_id, _ = await _to_review(start, hasty, twilio)
    assert (await messages("settle", str(message_id), "--give-up", "--json")).status == 0
    row = (await sending.rows())[phone(0)]
    assert (row.state, row.failed_at) == ("failed", "request")
    assert await _decided_by(hasty) == ("given_up", "person")
    await let_grace_pass(hasty)
    assert (await settle_all(hasty)).verdicts == Counter()


async def test_a_wrong_sid_is_refused(start: Start, hasty: Equipment, twilio: Twilio, messages: Command) -> None:
    sending, message_id, _ = await _to_review(start, hasty, twilio)
    elsewhere = (await twilio.create(phone(7), "Other words", MessagingServiceSid=SERVICE)).json["sid"]
    assert (
        "did not go from us to the number"
        in (await messages("settle", str(message_id), "--adopt", elsewhere)).refusal
    )
    nowhere = "SM" + "0" * 32
    assert "Twilio has no message" in (await messages("settle", str(message_id), "--adopt", nowhere)).refusal
    assert await sending.states() == Counter(unknown=1)


async def test_another_organizations_messages_are_not_there(
    start: Start, hasty: Equipment, twilio: Twilio, messages: Command
) -> None:
    sending, message_id, _ = await _to_review(start, hasty, twilio)
    async with hasty.engine.begin() as connection:
        await add_organization(connection, "acme")
    acme = ("--organization", "acme")
    for decision in ("--resend", "--give-up"):
        refusal = (await messages("settle", str(message_id), decision, *acme)).refusal
        assert f"There is no outbound message {message_id}" in refusal
    assert f"no outbound message {message_id}" in (await messages("show", str(message_id), *acme)).refusal
    for arguments, name in ((("list",), "messages"), (("settle", "--review"), "reviews")):
        assert json.loads((await messages(*arguments, *acme, "--json")).stdout) == {name: []}
    assert 'There is no organization "nobody"' in (await messages("list", "--organization", "nobody")).refusal
    assert await sending.states() == Counter(unknown=1)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("settle", "--resend"), id="no message"),
        pytest.param(("settle", "1"), id="no decision"),
        pytest.param(("settle", "1", "--resend", "--give-up"), id="two decisions"),
    ],
)
async def test_half_a_decision_is_wrong_usage(arguments: tuple[str, ...], messages: Command) -> None:
    assert (await messages(*arguments)).status == 2


async def test_list_by_state_and_campaign(start: Start, hasty: Equipment, messages: Command) -> None:
    sending = await start(3)
    await sending.chunk(hasty, most=1)
    assert await sending.states() == Counter(accepted=1, planned=2)
    for arguments, expected in {
        (): 3,
        ("--state", "planned"): 2,
        ("--campaign", "Sale", "--limit", "1"): 1,
        ("--state", "unknown"): 0,
    }.items():
        found = json.loads((await messages("list", "--json", *arguments)).stdout)["messages"]
        assert len(found) == expected, arguments
        assert all("*" in one["phone"] or "•" in one["phone"] for one in found)
    assert "No message is ever" in (await messages("list", "--state", "sideways")).refusal
    assert "no outbound message 1" in (await messages("show", "1")).refusal
