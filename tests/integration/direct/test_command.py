"""`tidings messages send` and `show`, as a script runs them."""

import asyncio
import json
from contextlib import suppress

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.messages.direct.sending import DEPLOYMENT
from tasks.direct import send_direct
from tasks.equipment import Equipment
from tests.fixtures.sending import Start
from tests.integration.campaign_commands import Command
from tests.integration.population import add_contact, phone
from tests.integration.prefect_double import PrefectDouble

WORDS = ("--body", "Your table is ready.")


async def test_a_message_is_planned_and_its_sender_woken(tidings: Command, prefect: PrefectDouble) -> None:
    asked = len(prefect.asked)
    done = await tidings("messages", "send", "--to", phone(1), *WORDS, "--json")
    sent = json.loads(done.stdout)
    assert (done.status, sent["state"], sent["existed"]) == (0, "planned", False)
    assert [run["name"] for run in prefect.asked[asked:]] == ["for new messages"]
    shown = await tidings("messages", "show", str(sent["id"]))
    assert "Your table is ready." in shown.stdout
    assert "person " in shown.stdout
    listed = json.loads((await tidings("messages", "list", "--json")).stdout)["messages"]
    assert [(line["id"], line["campaign"]) for line in listed] == [(sent["id"], None)]
    assert DEPLOYMENT == "direct/direct"


async def test_the_same_key_sends_once_and_refuses_other_words(tidings: Command) -> None:
    key = ("--idempotency-key", "order 17")
    first = json.loads((await tidings("messages", "send", "--to", phone(1), *WORDS, *key, "--json")).stdout)
    again = json.loads((await tidings("messages", "send", "--to", phone(1), *WORDS, *key, "--json")).stdout)
    assert (again["id"], again["existed"]) == (first["id"], True)
    other = await tidings("messages", "send", "--to", phone(1), "--body", "Other", *key)
    assert other.refusal == "The idempotency key belongs to another message; use a new key for each message."


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--to", "12", *WORDS), "too few digits"),
        (("--contact", "4711", *WORDS), "There is no contact 4711"),
        (("--to", phone(1), "--media", "http://example.org/a.png"), "Medium 1 is no https address"),
        (("--to", phone(1), *WORDS, "--channel", "whatsapp"), "There is no WhatsApp number"),
        (("--to", phone(1)), "was not sent: skipped, empty body."),
    ],
    ids=["short code", "contact", "media", "whatsapp", "no words"],
)
async def test_what_cannot_be_sent_is_said_in_one_sentence(
    tidings: Command, arguments: tuple[str, ...], says: str
) -> None:
    assert says in (await tidings("messages", "send", *arguments)).refusal


async def test_who_said_no_is_not_written_to(tidings: Command, committed: AsyncEngine) -> None:
    async with committed.begin() as connection:
        organization_id = (await connection.execute(text("SELECT id FROM organizations"))).scalar_one()
        await add_contact(connection, organization_id, phone(1), consent={"transactional": "opted_out"})
    assert "skipped, opted out" in (await tidings("messages", "send", "--to", phone(1), *WORDS)).refusal


async def test_a_paused_sender_goes_on_by_a_persons_word(tidings: Command, committed: AsyncEngine) -> None:
    async with committed.begin() as connection:
        await connection.execute(
            text("UPDATE senders SET state = 'paused', state_reason = 'mend it' WHERE purpose = 'transactional'")
        )
    told = [(await tidings("messages", "resume")).stdout.strip() for _ in range(2)]
    assert told == ["What had been paused goes on.", "Nothing was paused."]
    async with committed.connect() as connection:
        states = (await connection.execute(text("SELECT DISTINCT state FROM senders"))).scalars().all()
    assert states == ["active"]


async def test_wait_ends_when_twilio_has_it_and_show_tells_of_the_request(
    tidings: Command, equipment: Equipment, start: Start
) -> None:
    await start(0)
    sending = asyncio.create_task(send_direct(equipment))
    done = await tidings("messages", "send", "--to", phone(1), *WORDS, "--wait", "--json")
    sending.cancel()
    with suppress(asyncio.CancelledError):
        await sending
    sent = json.loads(done.stdout)
    assert (done.status, sent["state"]) == (0, "accepted")
    shown = await tidings("messages", "show", str(sent["id"]))
    assert "accepted (HTTP 201" in shown.stdout
    attempts = json.loads((await tidings("messages", "show", str(sent["id"]), "--json")).stdout)["attempts"]
    assert [(one["outcome"], one["http_status"], one["attempt"]) for one in attempts] == [("accepted", 201, 1)]
