"""Several organizations behind one API: each account's token opens its own rows and nobody else's."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.columns import utc_now
from models.tenants.senders import SenderAddresses, set_senders
from tests.api.server import INBOUND, PERSON, STATUS, Api, running_api
from tests.conftest import ACCOUNT_SID, AUTH_TOKEN
from tests.fixtures.secret_file import SecretFile
from tests.integration.outbox import add_outbound, message, rows, sid
from tests.integration.population import add_contact, add_organization, set_consent

ACME = "AC" + "5a" * 16
ACME_TOKEN = "a-token-of-acme"
ACME_SERVICE = "MG" + "5b" * 16
FRESH = 1.1
"""Seconds after which the API looks again for a token that it does not know."""


@dataclass(frozen=True)
class Acme:
    """A second organization, its token in a file of its own."""

    id: UUID
    token: SecretFile


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("acme")


@pytest.fixture
def token(folder: Path) -> SecretFile:
    """The same for every test, so that the API soon knows the account again."""
    return SecretFile(folder / "token").put(ACME_TOKEN)


@pytest.fixture
async def acme(api: Api, database: AsyncEngine, token: SecretFile) -> Acme:
    async with database.begin() as connection:
        id_ = await add_organization(connection, "acme", account_sid=ACME, auth_token_ref=token.reference)
        await set_senders(connection, id_, SenderAddresses(marketing=ACME_SERVICE), rate=10)
    await _until_known(api, ACME_TOKEN)
    return Acme(id_, token)


async def _until_known(api: Api, token: str) -> None:
    """The API may have looked a moment before. A signed form that lacks a field is refused and leaves no trace."""
    began = time.monotonic()
    while (await api.post(STATUS, {"AccountSid": ACME}, token=token)).status_code != 400:
        assert time.monotonic() - began < 2 * FRESH
        await asyncio.sleep(0.1)


def _status(number: int, *, account: str = ACME) -> Mapping[str, str]:
    return {"AccountSid": account, "MessageSid": sid(number), "MessageStatus": "delivered"}


async def test_a_new_organization_is_known_without_a_restart(api: Api, acme: Acme) -> None:
    assert acme.id
    assert (await api.post(STATUS, _status(1), token=ACME_TOKEN)).status_code == 204


async def test_one_accounts_token_does_not_sign_for_another(api: Api, acme: Acme, database: AsyncEngine) -> None:
    assert acme.id
    assert (await api.post(STATUS, _status(1), token=AUTH_TOKEN)).status_code == 403
    assert (await api.status("sent", sid=sid(1))).status_code == 204
    async with database.connect() as connection:
        assert await rows(connection, "SELECT count(*) FROM webhook_events") == [(1,)]


async def test_a_replaced_token_is_seen_within_a_second(api: Api, acme: Acme) -> None:
    assert (await api.post(STATUS, _status(1), token=ACME_TOKEN)).status_code == 204
    acme.token.put("the-next-token")
    await asyncio.sleep(FRESH)
    assert (await api.post(STATUS, _status(2), token="the-next-token")).status_code == 204
    assert (await api.post(STATUS, _status(3), token=ACME_TOKEN)).status_code == 403


async def test_both_tokens_count_while_one_is_being_replaced(
    api: Api, acme: Acme, database: AsyncEngine, tmp_path: Path
) -> None:
    secondary = SecretFile(tmp_path / "secondary").put("the-next-token")
    async with database.begin() as connection:
        await connection.execute(
            text("UPDATE organizations SET secondary_auth_token_ref = :ref WHERE id = :id"),
            {"ref": secondary.reference, "id": acme.id},
        )
    await _until_known(api, "the-next-token")
    for number, token in enumerate(("the-next-token", ACME_TOKEN)):
        assert (await api.post(STATUS, _status(number), token=token)).status_code == 204


async def test_a_token_that_cannot_be_read_closes_its_own_account_only(api: Api, acme: Acme) -> None:
    acme.token.open_to_all()
    await asyncio.sleep(FRESH)
    assert (await api.post(STATUS, _status(1), token="forged")).status_code == 403
    assert (await api.post(STATUS, _status(1), token=ACME_TOKEN)).status_code == 403
    assert (await api.status("sent", sid=sid(1))).status_code == 204


@pytest.mark.alone
async def test_forgers_do_not_slow_the_honest_down(api: Api, acme: Acme) -> None:
    assert acme.id

    async def forge() -> None:
        assert (await api.post(STATUS, _status(1), token="forged")).status_code == 403

    began = time.monotonic()
    await asyncio.gather(*(forge() for _ in range(50)), api.status("sent", sid=sid(1)))
    assert time.monotonic() - began < 2


async def test_a_status_changes_only_messages_of_its_own_account(
    api: Api, acme: Acme, database: AsyncEngine, organization_id: UUID
) -> None:
    async with database.begin() as connection:
        ours = await add_outbound(connection, organization_id, twilio_sid=sid(1))
        lost = await add_outbound(connection, organization_id, state="unknown")
    assert acme.id
    for query, number in (("", 1), (f"?m={ours}&a=1", 1), (f"?m={lost}&a=1", 2)):
        path = STATUS + query
        assert (await api.post(path, _status(number), token=ACME_TOKEN)).status_code == 204
    async with database.connect() as connection:
        assert (await message(connection, ours)).state == "accepted"
        assert (await message(connection, lost))[:4] == ("unknown", None, None, None)


async def test_a_forged_status_does_not_take_the_place_of_the_true_one(
    api: Api, acme: Acme, database: AsyncEngine, organization_id: UUID
) -> None:
    assert acme.id
    forged = {**_status(1), "MessageStatus": "undelivered", "ErrorCode": "21610"}
    assert (await api.post(STATUS, forged, token=ACME_TOKEN)).status_code == 204
    async with database.begin() as connection:
        ours = await add_outbound(connection, organization_id, twilio_sid=sid(1))
    assert (await api.status("undelivered", sid=sid(1), ErrorCode="30003")).status_code == 204
    async with database.connect() as connection:
        assert (await message(connection, ours))[:2] == ("undelivered", 30003)
        kept = await rows(connection, "SELECT message_id, error_code FROM message_events")
        assert kept == [(ours, 30003)]


async def test_a_stop_counts_where_it_was_sent_to(
    api: Api, acme: Acme, database: AsyncEngine, organization_id: UUID
) -> None:
    async with database.begin() as connection:
        for owner in (organization_id, acme.id):
            await add_contact(connection, owner, PERSON)
            await set_consent(connection, owner, PERSON, message_type="marketing", state="opted_in")
    form = {
        "AccountSid": ACME,
        "MessageSid": sid(1),
        "From": PERSON,
        "To": "+12125550100",
        "MessagingServiceSid": ACME_SERVICE,
        "Body": "STOP",
    }
    assert (await api.post(INBOUND, form, token=ACME_TOKEN)).status_code == 200
    async with database.connect() as connection:
        states = await rows(
            connection,
            "SELECT o.slug, c.state FROM consents c JOIN organizations o ON o.id = c.organization_id"
            " WHERE c.message_type = 'marketing' AND c.channel = 'sms' ORDER BY o.slug",
        )
        owners = await rows(connection, "SELECT DISTINCT organization_id FROM conversations")
    assert states == [("acme", "opted_out"), ("default", "opted_in")]
    assert owners == [(acme.id,)]


async def test_a_message_to_nobodys_number_is_kept_and_threaded_for_nobody(
    api: Api, acme: Acme, database: AsyncEngine
) -> None:
    form = {"AccountSid": ACME, "MessageSid": sid(1), "From": PERSON, "To": "+12125550199", "Body": "Hi"}
    assert (await api.post(INBOUND, form, token=ACME_TOKEN)).status_code == 200
    async with database.connect() as connection:
        kept = await rows(
            connection, "SELECT organization_id, processed_at <= :now FROM webhook_events", now=utc_now()
        )
        assert kept == [(None, True)]
        assert await rows(connection, "SELECT count(*) FROM messages") == [(0,)]
    assert acme.id


async def test_before_the_accounts_could_be_read_a_strangers_webhook_is_to_come_again() -> None:
    """The database is away from the start: whose account it is can only be said later."""
    async with running_api("postgresql://nobody@127.0.0.1:9/nothing") as alone:
        assert (await alone.post(STATUS, _status(1), token=ACME_TOKEN)).status_code == 503
        assert (await alone.post(STATUS, _status(1, account=ACCOUNT_SID), token="forged")).status_code == 403
        assert (await alone.status("sent", sid=sid(1))).status_code == 503
