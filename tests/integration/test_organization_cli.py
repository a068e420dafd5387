"""`tidings organization …`: organizations are made and changed, every mistake is told in a sentence."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.conftest import ACCOUNT_SID, MARKETING_SERVICE
from tests.integration.campaign_commands import Command, execute
from tests.integration.outbox import rows

ACME = "AC" + "5a" * 16
MARKETING, TRANSACTIONAL = "MG" + "5b" * 16, "MG" + "5c" * 16
TOKEN = "b5d8e0f1a2c3b5d8e0f1a2c3b5d8e0f1"
CREATE = ("organization", "create", "acme", "--account-sid", ACME, "--auth-token", "env:ACME_TOKEN")
SERVICES = ("--marketing", MARKETING, "--transactional", TRANSACTIONAL)


async def _json(tidings: Command, *arguments: str) -> Any:
    done = await tidings(*arguments, "--json", ACME_TOKEN=TOKEN)
    assert (done.status, done.stderr) == (0, ""), done
    return json.loads(done.stdout)


async def test_created_shown_and_listed(tidings: Command) -> None:
    more = ("--name", "Acme Ltd", "--whatsapp", "+442079460123", "--region", "GB", "--rate", "10")
    made = await _json(tidings, *CREATE, *SERVICES, *more)
    assert made == await _json(tidings, "organization", "show", "acme")
    assert {name: made[name] for name in ("slug", "name", "account_sid", "auth_token", "region")} == {
        "slug": "acme",
        "name": "Acme Ltd",
        "account_sid": ACME,
        "auth_token": "env:ACME_TOKEN",
        "region": "GB",
    }
    senders = {(each["purpose"], each["channel"], each["address"], each["rate"]) for each in made["senders"]}
    assert senders == {
        ("marketing", "sms", MARKETING, 10.0),
        ("transactional", "sms", TRANSACTIONAL, 10.0),
        ("marketing", "whatsapp", "+442079460123", 10.0),
        ("transactional", "whatsapp", "+442079460123", 10.0),
    }
    listed = (await _json(tidings, "organization", "list"))["organizations"]
    assert [each["slug"] for each in listed] == ["acme", "default"]
    shown = await tidings("organization", "show", "acme")
    assert "env:ACME_TOKEN" in shown.stdout
    assert "at 10 segments/s, active" in shown.stdout


async def test_no_secret_is_stored_or_shown(tidings: Command, committed: AsyncEngine) -> None:
    done = await tidings(*CREATE, ACME_TOKEN=TOKEN)
    assert TOKEN not in done.stdout + done.stderr
    async with committed.connect() as connection:
        stored = await rows(connection, "SELECT * FROM organizations")
    assert TOKEN not in str(stored)


async def test_a_reference_that_leads_nowhere_from_here_is_told(tidings: Command) -> None:
    done = await tidings(*CREATE)
    assert done.status == 0
    assert "Not readable from here: env:ACME_TOKEN is not set" in done.stderr


async def test_only_what_is_said_changes(tidings: Command, committed: AsyncEngine) -> None:
    before = await _json(tidings, *CREATE, *SERVICES, "--region", "GB")
    assert {sender["rate"] for sender in before["senders"]} == {100.0}
    async with committed.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO budgets (key, rate, free_at) SELECT 'sender:' || id, rate, now() FROM senders"
                " WHERE address = :address"
            ),
            {"address": MARKETING},
        )
    new = "MG" + "5d" * 16
    after = await _json(tidings, "organization", "set", "acme", "--rate", "20", "--transactional", new)
    assert {name: after[name] for name in after if name != "senders"} == {
        name: before[name] for name in before if name != "senders"
    }
    assert {(each["address"], each["rate"]) for each in after["senders"]} == {(MARKETING, 20.0), (new, 20.0)}
    async with committed.connect() as connection:
        assert await rows(connection, "SELECT rate FROM budgets") == [(20.0,)]
        retired = await rows(connection, "SELECT address, rate FROM senders WHERE state = 'retired'")
        assert retired == [(TRANSACTIONAL, 100.0)]
    back = await _json(tidings, "organization", "set", "acme", "--transactional", TRANSACTIONAL)
    assert {(each["address"], each["state"], each["reason"]) for each in back["senders"]} == {
        (MARKETING, "active", None),
        (TRANSACTIONAL, "active", None),
    }


async def test_keys_and_the_secondary_token_come_and_go(tidings: Command) -> None:
    key = "SK" + "6a" * 16
    await _json(tidings, *CREATE)
    changed = (
        "--api-key-sid",
        key,
        "--api-key-secret",
        "env:ACME_TOKEN",
        "--secondary-auth-token",
        "env:ACME_TOKEN",
    )
    with_all = await _json(tidings, "organization", "set", "acme", *changed)
    names = ("api_key_sid", "api_key_secret", "secondary_auth_token")
    assert [with_all[name] for name in names] == [key, "env:ACME_TOKEN", "env:ACME_TOKEN"]
    none = ("--api-key-sid", "none", "--secondary-auth-token", "none")
    without = await _json(tidings, "organization", "set", "acme", *none)
    assert [without[name] for name in names] == [None, None, None]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("create", "Acme Ltd"), '"Acme Ltd" cannot be a short name; use small letters, digits and hyphens'),
        (("create", "default"), 'There is an organization "default" already'),
        (("create", "b", "--auth-token", TOKEN), "The auth token must say where the secret lies"),
        (("create", "b", "--account-sid", "SK" + "1" * 32), "The SID of a Twilio account is AC and 32 characters"),
        (
            ("create", "b", "--account-sid", ACCOUNT_SID),
            'is the account of organization "default"; each needs its',
        ),
        (
            ("create", "b", "--marketing", MARKETING_SERVICE),
            'is a sender of organization "default"; each needs its',
        ),
        (
            ("create", "b", "--transactional", ACME),
            "The SID of a Twilio Messaging Service is MG and 32 characters",
        ),
        (("create", "b", "--whatsapp", "020 7946 0123"), "is no number in E.164 form"),
        (("create", "b", "--region", "Britain"), '"Britain" is no country; give two capital letters, such as GB'),
        (("create", "b", "--api-key-sid", "SK" + "1" * 32), "An API key and its secret go together"),
        (("create", "b", "--api-key-secret", "env:A"), "An API key and its secret go together"),
        (("create", "b", "--name", ""), "An organization needs its name"),
        (("set", "nobody", "--rate", "2"), 'There is no organization "nobody"; `tidings organization list`'),
        (
            ("set", "default", "--rate", "2"),
            "The default organization's account, senders, rate and region come from",
        ),
        (("show", "nobody"), 'There is no organization "nobody"'),
    ],
)
async def test_mistakes(tidings: Command, arguments: tuple[str, ...], sentence: str) -> None:
    required = {"--account-sid": "AC" + "7a" * 16, "--auth-token": "env:B"} if arguments[0] == "create" else {}
    missing = [part for name, value in required.items() if name not in arguments for part in (name, value)]
    refusal = (await tidings("organization", *arguments, *missing)).refusal
    assert sentence in refusal
    assert TOKEN not in refusal


async def test_the_account_stays_while_an_answer_is_awaited(tidings: Command, committed: AsyncEngine) -> None:
    await _json(tidings, *CREATE)
    await execute(
        committed,
        "INSERT INTO messages (organization_id, direction, state, phone, created_at, updated_at, channel, attempt,"
        " tries) SELECT id, 'outbound', 'unknown', '+442079460123', now(), now(), 'sms', 1, 0 FROM organizations"
        " WHERE slug = 'acme'",
    )
    another = ("organization", "set", "acme", "--account-sid", "AC" + "8a" * 16)
    refusal = (await tidings(*another)).refusal
    assert 'What became of 1 message(s) of "acme" only its present account can tell' in refusal
    assert "`tidings messages settle --organization acme` first" in refusal
    await execute(committed, "UPDATE messages SET state = 'failed'")
    assert (await tidings(*another)).status == 0


async def test_the_default_organization_may_get_a_name(tidings: Command) -> None:
    assert (await _json(tidings, "organization", "set", "default", "--name", "Ours"))["name"] == "Ours"


async def test_commands_are_about_one_organization(tidings: Command, tmp_path: Path) -> None:
    await _json(tidings, *CREATE, *SERVICES)
    (tmp_path / "people.csv").write_text("phone\n+442079460123\n")
    await _json(tidings, "contacts", "import", "people.csv", "--organization", "acme")
    made = await _json(tidings, "campaign", "create", "sale.yaml", "--organization", "acme")
    assert (await _json(tidings, "campaign", "list"))["campaigns"] == []
    for command in (
        ("preview",),
        ("start",),
        ("report",),
        ("pause",),
        ("resume",),
        ("cancel", "--yes"),
        ("timeline",),
    ):
        refusal = (await tidings("campaign", command[0], made["id"], *command[1:])).refusal
        assert f'no campaign "{made["id"]}"' in refusal, command
    seen = await tidings("campaign", "preview", "Sale", "--json", TIDINGS_ORGANIZATION="acme")
    assert json.loads(seen.stdout)["audience"] == 1
