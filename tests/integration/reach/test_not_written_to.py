"""A number that cannot be reached is left out of the preview, the plan, the claim and direct messages."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.campaigns.preview import preview
from models.messages.direct.planning import plan_direct
from tests.integration.caps.capped import claimed, outcome, planned
from tests.integration.direct.posting import add_whatsapp_sender, draft, hear, posting
from tests.integration.outbox import NOW
from tests.integration.population import add_campaign, add_contact, phone

WINDOW = timedelta(hours=48)
LEFT_OUT = ("skipped", "unreachable_number")


async def mark(connection: AsyncConnection, number: int, *channels: str) -> None:
    await connection.execute(
        text("UPDATE contacts SET unreachable_on = :channels WHERE phone = :phone"),
        {"channels": list(channels), "phone": phone(number)},
    )


@pytest.fixture
async def people(connection: AsyncConnection, organization_id: UUID) -> None:
    """The first is unreachable by SMS, the second on WhatsApp only, the third not at all."""
    for number in (1, 2, 3):
        await add_contact(connection, organization_id, phone(number), consent={"marketing": "opted_in"})
    await mark(connection, 1, "sms")
    await mark(connection, 2, "whatsapp")


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("kind", ["marketing", "transactional"])
async def test_of_a_campaign(connection: AsyncConnection, organization_id: UUID, kind: str) -> None:
    seen = await preview(connection, await add_campaign(connection, organization_id, kind=kind, name="Looked at"))
    run = await planned(connection, organization_id, now=NOW, window=WINDOW, kind=kind)
    assert (seen.eligible, seen.skipped["unreachable_number"]) == (2, 1)
    assert await outcome(connection, run) == {
        phone(1): LEFT_OUT,
        phone(2): ("planned", None),
        phone(3): ("planned", None),
    }


@pytest.mark.usefixtures("people")
async def test_of_a_campaign_that_was_planned_before(connection: AsyncConnection, organization_id: UUID) -> None:
    run = await planned(connection, organization_id, now=NOW, window=WINDOW)
    await mark(connection, 3, "sms")
    await claimed(connection, run, now=NOW)
    found = await outcome(connection, run)
    assert (found[phone(2)], found[phone(3)]) == (("claimed", None), LEFT_OUT)


@pytest.mark.usefixtures("people")
async def test_also_while_a_doubtful_text_waits_for_a_decision(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await connection.execute(text("UPDATE consents SET in_review = true"))
    run = await planned(connection, organization_id, now=NOW, window=WINDOW)
    found = await outcome(connection, run)
    assert (found[phone(1)], found[phone(2)]) == (LEFT_OUT, ("planned", None))


@pytest.mark.usefixtures("people")
async def test_of_direct_messages(connection: AsyncConnection, organization_id: UUID) -> None:
    told = [await plan_direct(connection, draft(number), posting(organization_id)) for number in (1, 2)]
    assert [(one.state, one.reason) for one in told] == [LEFT_OUT, ("planned", None)]


@pytest.mark.usefixtures("people")
async def test_whatsapp_has_a_reach_of_its_own(connection: AsyncConnection, organization_id: UUID) -> None:
    await add_whatsapp_sender(connection, organization_id)
    told = []
    for number in (1, 2):
        where = {"address": "+14155550155", "channel": "whatsapp"}
        await hear(connection, organization_id, phone(number), hours_ago=1, **where)
        told.append(await plan_direct(connection, draft(number), posting(organization_id, channel="whatsapp")))
    assert [(one.state, one.reason) for one in told] == [("planned", None), LEFT_OUT]
