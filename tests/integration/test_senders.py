"""Who messages leave from: one sender for each purpose and channel, kept in step with the settings."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.settings import Settings
from models.bootstrap import upsert_organization
from models.senders import NoSender, sender_for
from models.tenants.senders import SenderAddresses, set_senders
from tests.conftest import MARKETING_SERVICE, TRANSACTIONAL_SERVICE
from tests.integration.outbox import rows
from tests.integration.population import add_organization

NUMBER, OTHER_NUMBER = "+442079460123", "+442079460124"


async def _senders(connection: AsyncConnection) -> set[tuple[Any, ...]]:
    return set(await rows(connection, "SELECT purpose, channel, address, state FROM senders"))


async def test_a_whatsapp_number_serves_both_purposes(connection: AsyncConnection, settings: Settings) -> None:
    with_number = settings.model_copy(update={"twilio_whatsapp_number": NUMBER})
    for _ in range(2):
        await upsert_organization(connection, with_number)
        assert await _senders(connection) == {
            ("marketing", "sms", MARKETING_SERVICE, "active"),
            ("transactional", "sms", TRANSACTIONAL_SERVICE, "active"),
            ("marketing", "whatsapp", NUMBER, "active"),
            ("transactional", "whatsapp", NUMBER, "active"),
        }


async def test_another_number_retires_the_one_before_and_no_service(
    connection: AsyncConnection, settings: Settings
) -> None:
    for number in (NUMBER, OTHER_NUMBER):
        await upsert_organization(connection, settings.model_copy(update={"twilio_whatsapp_number": number}))
    found = await _senders(connection)
    assert {(address, state) for _, channel, address, state in found if channel == "whatsapp"} == {
        (NUMBER, "retired"),
        (OTHER_NUMBER, "active"),
    }
    assert {state for _, channel, _, state in found if channel == "sms"} == {"active"}


@pytest.mark.parametrize(
    ("purpose", "channel", "address"),
    [
        ("marketing", "sms", MARKETING_SERVICE),
        ("transactional", "sms", TRANSACTIONAL_SERVICE),
        ("marketing", "whatsapp", NUMBER),
    ],
)
async def test_purpose_and_channel_decide(
    connection: AsyncConnection, organization_id: UUID, purpose: str, channel: str, address: str
) -> None:
    await set_senders(connection, organization_id, SenderAddresses(whatsapp=NUMBER), rate=1)
    other = await add_organization(connection, "acme")
    await set_senders(connection, other, SenderAddresses("MG" + "1" * 32, "MG" + "2" * 32, OTHER_NUMBER), rate=1)
    found = await sender_for(connection, organization_id=organization_id, purpose=purpose, channel=channel)
    assert found.address == address


async def test_a_paused_sender_is_found_and_a_retired_one_is_not(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await connection.execute(text("UPDATE senders SET state = 'paused' WHERE purpose = 'marketing'"))
    assert (await sender_for(connection, organization_id=organization_id, purpose="marketing")).state == "paused"
    await connection.execute(text("UPDATE senders SET state = 'retired' WHERE purpose = 'marketing'"))
    with pytest.raises(NoSender):
        await sender_for(connection, organization_id=organization_id, purpose="marketing")


@pytest.mark.parametrize(
    ("slug", "channel", "sentence"),
    [
        ("default", "sms", "no Messaging Service for marketing messages; set TWILIO_MESSAGING_SERVICE_MARKETING"),
        ("default", "whatsapp", "no WhatsApp number for marketing messages; set TWILIO_WHATSAPP_NUMBER"),
        ("acme", "sms", "give it one with `tidings organization set acme --marketing MG…`"),
        ("acme", "whatsapp", "give it one with `tidings organization set acme --whatsapp"),
    ],
)
async def test_a_missing_sender_is_told_with_where_to_set_it(
    connection: AsyncConnection, organization_id: UUID, slug: str, channel: str, sentence: str
) -> None:
    other = await add_organization(connection, "acme")
    await connection.execute(text("UPDATE senders SET state = 'retired'"))
    asked = organization_id if slug == "default" else other
    with pytest.raises(NoSender) as refusal:
        await sender_for(connection, organization_id=asked, purpose="marketing", channel=channel)
    assert sentence in str(refusal.value)
