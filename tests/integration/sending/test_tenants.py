"""Two organizations send side by side, each by its own account and service; one in trouble stops nobody else."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.campaigns.starting import resume_after_fix
from models.columns import utc_now
from models.messages.claim import claim
from models.senders import load_sender
from models.tenants.accounts import NoAccount
from models.tenants.senders import SenderAddresses, set_senders
from tasks.chunk import send_due
from tasks.equipment import Equipment
from tasks.settling import settle_all
from tests.conftest import MARKETING_SERVICE
from tests.fixtures.campaigns import Sending, start_campaign
from tests.fixtures.secret_file import SecretFile
from tests.fixtures.sending import Start
from tests.integration.population import add_organization, phone
from tests.simulator.running import ACCOUNT_SID, Twilio

ACME, ACME_TOKEN = "AC" + "5a" * 16, "a-token-of-acme"
ACME_SERVICE = "MG" + "5b" * 16


@pytest.fixture
def token(tmp_path: Path) -> SecretFile:
    return SecretFile(tmp_path / "token").put(ACME_TOKEN)


@pytest.fixture
async def acme(committed: AsyncEngine, twilio: Twilio, token: SecretFile) -> Sending:
    """A campaign of a second organization to the same three people, planned."""
    account = {"account_sid": ACME, "auth_token": ACME_TOKEN}
    assert (await twilio.request("POST", "/simulator/accounts", json=account)).status == 201
    async with committed.begin() as connection:
        id_ = await add_organization(connection, "acme", account_sid=ACME, auth_token_ref=token.reference)
        await set_senders(connection, id_, SenderAddresses(marketing=ACME_SERVICE), rate=100)
    return await start_campaign(committed, id_, people=3, body="Acme greets {{ first_name }}")


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The Prefect events that were raised."""
    raised: list[dict[str, Any]] = []
    monkeypatch.setattr("tasks.alarms.emit_event", lambda **event: raised.append(event))
    return raised


async def _sent(twilio: Twilio) -> Counter[tuple[str, str, str]]:
    """Account, Messaging Service and text of what Twilio accepted."""
    log = (await twilio.get("messages"))["messages"]
    return Counter(
        (each["account_sid"], each["messaging_service_sid"], each["body"]) for each in log if each["accepted"]
    )


async def test_each_sends_by_its_own_account(
    start: Start, acme: Sending, equipment: Equipment, twilio: Twilio
) -> None:
    ours = await start(3)
    for sending in (ours, acme):
        assert (await sending.chunk(equipment)).results == Counter(accepted=3)
    assert await _sent(twilio) == Counter(
        {(ACCOUNT_SID, MARKETING_SERVICE, "Hi Ada"): 3, (ACME, ACME_SERVICE, "Acme greets Ada"): 3}
    )
    assert {row.account_sid for row in (await ours.rows()).values()} == {ACCOUNT_SID}
    assert {row.account_sid for row in (await acme.rows()).values()} == {ACME}


async def test_an_opt_out_of_one_is_none_of_the_other(
    start: Start, acme: Sending, equipment: Equipment, twilio: Twilio
) -> None:
    ours = await start(3)
    await twilio.set(inbound_url="http://127.0.0.1:9/", confirm_opt_outs=False)
    await twilio.say(phone(1), "STOP", messaging_service_sid=ACME_SERVICE)
    assert (await acme.chunk(equipment)).results == Counter(accepted=2, failed=1), "21610"
    assert (await ours.chunk(equipment)).results == Counter(accepted=3)
    async with equipment.engine.connect() as connection:
        found = await connection.execute(
            text("SELECT DISTINCT organization_id FROM consents WHERE state = 'opted_out' AND phone = :phone"),
            {"phone": phone(1)},
        )
        assert found.scalars().all() == [acme.organization_id]


async def test_an_account_without_its_secret_pauses_its_own_sender(
    start: Start,
    acme: Sending,
    equipment: Equipment,
    twilio: Twilio,
    token: SecretFile,
    events: list[dict[str, Any]],
) -> None:
    ours = await start(3)
    token.lose()
    for _ in range(2):
        assert (await send_due(equipment, acme.run.id, most=10)).exhausted
    assert (await send_due(equipment, ours.run.id, most=10)).results == Counter(accepted=3)
    assert await acme.states() == Counter(planned=3), "nothing was claimed"
    stopped = (await acme.reload()).stopped_because or ""
    assert stopped.startswith(
        f'Organization "acme" cannot use its Twilio account: {token.reference} cannot be read'
    )
    assert [event["event"] for event in events] == ["tidings.scope_paused"], "told once"
    assert (await ours.reload()).stopped_because is None

    token.put(ACME_TOKEN)
    async with equipment.engine.begin() as connection:
        sender = await load_sender(connection, acme.run.sender_id)
        await resume_after_fix(connection, await acme.reload(), sender=sender, now=utc_now())
    assert (await send_due(equipment, acme.run.id, most=10)).results == Counter(accepted=3)
    assert len(await _sent(twilio)) == 2


async def test_a_replaced_secret_is_used_soon(
    acme: Sending, equipment: Equipment, twilio: Twilio, token: SecretFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await acme.chunk(equipment, most=1)).results == Counter(accepted=1)
    account = {"account_sid": ACME, "auth_token": "the-next-token"}
    await twilio.request("POST", "/simulator/accounts", json=account)
    token.put("the-next-token")
    monkeypatch.setattr("tasks.twilio_accounts.FRESH_SECONDS", 0.0)
    assert (await acme.chunk(equipment)).results == Counter(accepted=2)


async def test_lost_answers_are_asked_of_the_account_that_was_used(
    start: Start, acme: Sending, equipment: Equipment, twilio: Twilio
) -> None:
    ours = await start(3, body="Acme greets {{ first_name }}")
    await _same_account_as_the_settings(equipment)
    await twilio.set(faults={"reset_after": 1.0})
    for sending in (ours, acme):
        assert (await sending.chunk(equipment)).results == Counter(unknown=3)
    assert (await settle_all(equipment)).verdicts == Counter(adopted=6)
    for sending, account in ((ours, ACCOUNT_SID), (acme, ACME)):
        assert {row.account_sid for row in (await sending.rows()).values()} == {account}
    sids = {row.twilio_sid for row in (await acme.rows()).values()}
    listed = await replace(twilio, user=(ACME, ACME_TOKEN)).request(
        "GET", f"/2010-04-01/Accounts/{ACME}/Messages.json"
    )
    assert {message["sid"] for message in listed.json["messages"]} == sids


async def test_a_request_of_another_account_is_no_rival(
    start: Start, acme: Sending, equipment: Equipment, twilio: Twilio
) -> None:
    """The same words are under way to the same people, from an account whose list shows nothing of ours."""
    ours = await start(3, body="Acme greets {{ first_name }}")
    await _same_account_as_the_settings(equipment)
    async with equipment.engine.begin() as connection:
        await claim(
            connection, acme.run.id, template=acme.template, most=3, lease=60, now=utc_now(), hours_margin=None
        )
    await twilio.set(faults={"reset_after": 1.0})
    await ours.chunk(equipment)
    assert (await settle_all(equipment)).verdicts == Counter(adopted=3)


async def test_an_account_that_cannot_be_asked_keeps_no_other_from_settling(
    start: Start,
    acme: Sending,
    equipment: Equipment,
    twilio: Twilio,
    token: SecretFile,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = await start(2)
    await _same_account_as_the_settings(equipment)
    await twilio.set(faults={"reset_after": 1.0})
    for sending in (acme, ours):
        await sending.chunk(equipment)
    token.lose()
    monkeypatch.setattr("tasks.twilio_accounts.FRESH_SECONDS", 0.0)
    settled = await settle_all(equipment)
    assert settled.verdicts == Counter(adopted=2)
    assert [problem.partition(":")[0] for problem in settled.problems] == [
        'Organization "acme" cannot use its Twilio account'
    ]
    assert await acme.states() == Counter(unknown=3)
    only = await settle_all(equipment, organization_id=acme.organization_id)
    assert (only.verdicts, len(only.problems)) == (Counter(), 1)


async def test_an_organization_without_an_account_is_named(committed: AsyncEngine, equipment: Equipment) -> None:
    async with committed.begin() as connection:
        bare = await add_organization(connection, "bare")
    with pytest.raises(
        NoAccount, match='"bare" has no Twilio account; give it one with `tidings organization set'
    ):
        await equipment.twilio_for(bare)


async def _same_account_as_the_settings(equipment: Equipment) -> None:
    async with equipment.engine.begin() as connection:
        await connection.execute(
            text("UPDATE organizations SET twilio_account_sid = :sid WHERE slug = 'default'"), {"sid": ACCOUNT_SID}
        )
