"""`tidings consent show|record|rebuild`, as a person runs them."""

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.columns import utc_now
from models.consent.keywords import stop
from tests.integration.campaign_commands import Command, execute
from tests.integration.outbox import PHONE
from tests.integration.population import add_contact

WORDS = "Yes, send me offers. Reply STOP to end."
FORM = ("--method", "web_form", "--source", "newsletter form")
YES = ("consent", "record", PHONE, "--opt-in", "--type", "marketing", *FORM)
NO = ("consent", "record", PHONE, "--opt-out", "--type", "all", "--method", "verbal", "--source", "a call")
EVIDENCE = (
    *("--wording", WORDS, "--wording-version", "2026-02", "--ip", "192.0.2.17"),
    *("--user-agent", "Firefox", "--proof", "form 1107", "--at", "2026-01-05T10:00"),
)


async def _story(tidings: Command) -> dict[str, Any]:
    done = await tidings("consent", "show", PHONE, "--json")
    assert done.status == 0, done
    story: dict[str, Any] = json.loads(done.stdout)
    return story


async def _text_stop(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        found = (await connection.execute(text("SELECT id FROM organizations"))).scalar_one()
        whose = UUID(str(found))
        await stop(connection, organization_id=whose, phone=PHONE, message_sid="SM" + "1" * 32, now=utc_now())


async def test_a_consent_is_kept_with_all_its_evidence(tidings: Command) -> None:
    done = await tidings(*YES, *EVIDENCE)
    assert (done.status, done.stderr) == (0, "")
    story = await _story(tidings)
    [entry] = story["entries"]
    assert (entry["action"], entry["method"], entry["source"]) == ("opt_in", "web_form", "newsletter form")
    assert (entry["wording"], entry["wording_version"]) == (WORDS, "2026-02")
    assert (entry["ip"], entry["user_agent"], entry["proof"]) == ("192.0.2.17", "Firefox", "form 1107")
    assert entry["given_at"] == "2026-01-05T10:00:00+00:00"
    assert entry["actor"].startswith("person:")
    shown = (await tidings("consent", "show", PHONE)).stdout
    for told in (WORDS, "version 2026-02", "form 1107", "2026-01-05 10:00:00 UTC", "newsletter form", "agreed"):
        assert told in shown


async def test_a_no_to_everything_ends_both_types(tidings: Command) -> None:
    await tidings(*YES)
    assert (await tidings(*NO)).status == 0
    story = await _story(tidings)
    assert {state["message_type"]: state["state"] for state in story["states"]} == {
        "marketing": "opted_out",
        "transactional": "opted_out",
    }
    assert [verdict["allowed"] for verdict in story["verdicts"]] == [False, False]


@pytest.mark.parametrize(
    "scope", [(), ("--topic", "Shoes"), ("--channel", "whatsapp")], ids=["all", "topic", "channel"]
)
async def test_a_yes_never_steps_over_a_stop(
    tidings: Command, committed: AsyncEngine, scope: tuple[str, ...]
) -> None:
    await _text_stop(committed)
    refused = await tidings(*YES, *scope)
    assert refused.refusal == "This person said STOP; only their own START, by a message to us, ends that."
    assert len((await _story(tidings))["entries"]) == 2


async def test_a_yes_to_a_topic_does_not_end_a_no_to_everything(tidings: Command) -> None:
    await tidings(*NO)
    assert "a consent to one does not end that" in (await tidings(*YES, "--topic", "shoes")).refusal
    assert (await tidings(*YES)).status == 0


async def test_what_was_sent_since_and_what_should_not_have_been(tidings: Command, committed: AsyncEngine) -> None:
    async with committed.begin() as connection:
        found = (await connection.execute(text("SELECT id FROM organizations"))).scalar_one()
        await add_contact(connection, UUID(str(found)), PHONE)
    await tidings(*YES)
    await _claimed(committed, "SM1")
    await _text_stop(committed)
    assert (await _story(tidings))["sent_since"] == []
    assert (await _story(tidings))["sent_after_a_no"] == []
    await _claimed(committed, "SM2")
    story = await _story(tidings)
    [since] = story["sent_since"]
    assert (since["message_type"], since["messages"]) == ("marketing", 1)
    assert [(each["twilio_sid"], each["after_a_no"]) for each in story["last_messages"]] == [
        ("SM2", True),
        ("SM1", False),
    ]
    assert story["sent_after_a_no"] == [story["last_messages"][0]["id"]]
    shown = (await tidings("consent", "show", PHONE)).stdout
    assert "Sent although a no was in the ledger" in shown


async def _claimed(engine: AsyncEngine, sid: str) -> None:
    await execute(
        engine,
        "INSERT INTO messages (organization_id, direction, state, phone, channel, message_type, contact_id,"
        " claimed_at, twilio_sid, created_at, updated_at) SELECT organization_id, 'outbound', 'delivered', phone,"
        " 'sms', 'marketing', id, clock_timestamp(), :sid, now(), now() FROM contacts",
        sid=sid,
    )


async def test_a_number_that_nothing_is_known_of(tidings: Command) -> None:
    shown = (await tidings("consent", "show", PHONE)).stdout
    assert "The ledger has no entry of this number." in shown
    verdicts = (await _story(tidings))["verdicts"]
    assert {verdict["message_type"]: verdict["allowed"] for verdict in verdicts} == {
        "marketing": False,
        "transactional": True,
    }


async def test_rebuilding_tells_the_entry_and_its_status_says_that_there_was_a_difference(
    tidings: Command, committed: AsyncEngine
) -> None:
    await tidings(*YES)
    assert (await tidings("consent", "rebuild", "--check")).status == 0
    await execute(committed, "UPDATE consents SET state = 'opted_out'")
    looked = await tidings("consent", "rebuild", "--check", "--json")
    assert looked.status == 1
    [told] = json.loads(looked.stdout)["shown"]
    assert (told["found"], told["derived"]) == ("opted_out", "opted_in")
    assert told["derived_entry"] == (await _story(tidings))["entries"][0]["id"]
    assert (await tidings("consent", "rebuild")).status == 0
    assert "Every state is what the ledger says." in (await tidings("consent", "rebuild", "--check")).stdout
