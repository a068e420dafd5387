"""Lost answers to direct messages: on WhatsApp, and where there are media instead of words."""

from typing import Any

import pytest
from sqlalchemy import text

from messaging.statuses import MessageState
from tasks.direct import send_direct
from tasks.equipment import Equipment
from tasks.settling import settle_all
from tests.fixtures.sending import Start
from tests.integration.direct.posting import WHATSAPP_ADDRESS, add_whatsapp_sender, draft, hear, post, row_of
from tests.integration.population import add_contact, phone
from tests.simulator.running import Twilio

PICTURE = "https://example.org/map.png"


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
@pytest.mark.parametrize("content", [{"body": "Hello"}, {"body": "", "media": [PICTURE]}], ids=["words", "media"])
async def test_what_was_sent_is_found_at_twilio_and_not_sent_again(
    channel: str, content: dict[str, Any], start: Start, hasty: Equipment, twilio: Twilio
) -> None:
    organization_id = (await start(0)).organization_id
    async with hasty.engine.begin() as connection:
        await add_whatsapp_sender(connection, organization_id)
        await add_contact(connection, organization_id, phone(1))
        thread = {"address": WHATSAPP_ADDRESS, "channel": "whatsapp"}
        await hear(connection, organization_id, phone(1), hours_ago=1, **thread)
    other = "whatsapp" if channel == "sms" else "sms"
    await post(hasty.engine, organization_id, draft(1, **content), channel=other)
    await send_direct(hasty, idle_seconds=0.1)
    await twilio.set(faults={"reset_after": 1.0})
    planned = await post(hasty.engine, organization_id, draft(1, **content), channel=channel)
    await send_direct(hasty, idle_seconds=0.1)
    await twilio.set(faults=None)
    assert (await settle_all(hasty)).verdicts == {"adopted": 1}
    async with hasty.engine.connect() as connection:
        row = await row_of(connection, planned.id)
        outcomes = (await connection.execute(text("SELECT outcome FROM message_attempts"))).scalars().all()
    assert row["state"] != MessageState.UNKNOWN
    sent = await twilio.fetch(row["twilio_sid"])
    assert sent["to"] == (f"whatsapp:{phone(1)}" if channel == "whatsapp" else phone(1))
    assert list(outcomes) == ["unknown"]
