"""What is known of a sender's numbers sets its rate, and keeps messages from where they would not arrive."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.settings import Settings
from models.bootstrap import upsert_organization
from models.campaigns.preview import preview
from models.compliance.applying import apply_all_rules, apply_rules
from models.compliance.store import NoSuchSender, find_sender, keep_numbers, numbers_of
from models.messages.direct.planning import plan_direct
from models.senders import Sender, load_sender
from models.tenants.senders import change_rate
from tests.integration.caps.capped import claimed, outcome, planned
from tests.integration.direct.posting import draft, posting
from tests.integration.outbox import NOW, rows
from tests.integration.population import add_campaign, add_contact, phone
from tests.unit.compliance.senders import LOCAL, NAME, TOLL_FREE, number

WINDOW = timedelta(hours=48)
REFUSED = ("skipped", "sender_not_allowed")


@pytest.fixture
async def marketing(connection: AsyncConnection, organization_id: UUID) -> Sender:
    return await find_sender(connection, organization_id, "marketing")


async def tell(
    connection: AsyncConnection, sender: Sender, *numbers: str, registration: str = "registered"
) -> None:
    told = [number(address, registration) for address in numbers]
    await keep_numbers(connection, sender, told, actor="person:ada", now=NOW)
    await apply_rules(connection, sender.id, live=True)


async def rate(connection: AsyncConnection, sender: Sender) -> float:
    return (await load_sender(connection, sender.id)).rate


async def test_a_sender_is_found_by_purpose_and_by_address(
    connection: AsyncConnection, organization_id: UUID, marketing: Sender
) -> None:
    assert (await find_sender(connection, organization_id, marketing.address)).id == marketing.id
    with pytest.raises(NoSuchSender, match=r'no sender "sales" for sms; there are: marketing \(sms\)'):
        await find_sender(connection, organization_id, "sales")


async def test_what_was_told_is_kept_and_replaced(connection: AsyncConnection, marketing: Sender) -> None:
    told = [number(LOCAL, "registered", trust_score=80, campaign="CM1"), number(NAME)]
    await keep_numbers(connection, marketing, told, actor="person:ada", now=NOW)
    assert await numbers_of(connection, marketing.id) == told
    await keep_numbers(connection, marketing, told[1:], actor="person:ada", now=NOW)
    assert await numbers_of(connection, marketing.id) == told[1:]


async def test_the_rate_is_what_was_asked_for_but_no_more_than_the_numbers_may(
    connection: AsyncConnection, organization_id: UUID, marketing: Sender, settings: Settings
) -> None:
    await change_rate(connection, organization_id, 8.0)
    rates = [await rate(connection, marketing)]
    await tell(connection, marketing, TOLL_FREE)
    rates.append(await rate(connection, marketing))
    await change_rate(connection, organization_id, 2.0)
    rates.append(await rate(connection, marketing))
    await change_rate(connection, organization_id, 50.0)
    rates.append(await rate(connection, marketing))
    await upsert_organization(connection, settings.model_copy(update={"tidings_sender_rate": 20.0}))
    rates.append(await rate(connection, marketing))
    await tell(connection, marketing)
    rates.append(await rate(connection, marketing))
    assert rates == [8.0, 3.0, 2.0, 3.0, 3.0, 20.0]


async def test_the_budget_of_a_running_campaign_follows(
    connection: AsyncConnection, organization_id: UUID, marketing: Sender
) -> None:
    await change_rate(connection, organization_id, 8.0)
    await planned(connection, organization_id, now=NOW, window=WINDOW)
    await tell(connection, marketing, TOLL_FREE)
    assert await rows(connection, "SELECT rate FROM budgets WHERE key LIKE 'sender:%'") == [(3.0,)]
    await change_rate(connection, organization_id, 50.0)
    assert await rows(connection, "SELECT rate FROM budgets WHERE key LIKE 'sender:%'") == [(3.0,)]


@pytest.fixture
async def people(connection: AsyncConnection, organization_id: UUID) -> None:
    for nth, country in enumerate(("US", "GB", "CA", None)):
        consent = {"marketing": "opted_in"} if country else {}
        await add_contact(connection, organization_id, phone(nth), consent=consent, country=country)


@pytest.mark.usefixtures("people")
async def test_a_country_that_the_sender_may_not_send_to_is_left_out_before_twilio_would(
    connection: AsyncConnection, organization_id: UUID, marketing: Sender
) -> None:
    await tell(connection, marketing, TOLL_FREE)
    seen = await preview(connection, await add_campaign(connection, organization_id, name="Looked at"))
    run = await planned(connection, organization_id, now=NOW, window=WINDOW)
    assert (seen.eligible, seen.skipped["sender_not_allowed"]) == (2, 1)
    found = await outcome(connection, run)
    assert [found[phone(nth)] for nth in range(3)] == [("planned", None), REFUSED, ("planned", None)]


@pytest.mark.usefixtures("people")
async def test_what_is_told_later_holds_for_what_was_planned_before(
    connection: AsyncConnection, organization_id: UUID, marketing: Sender
) -> None:
    run = await planned(connection, organization_id, now=NOW, window=WINDOW)
    await tell(connection, marketing, LOCAL, registration="unregistered")
    await claimed(connection, run, now=NOW)
    found = await outcome(connection, run)
    assert [found[phone(nth)] for nth in range(3)] == [REFUSED, ("claimed", None), ("claimed", None)]


@pytest.mark.usefixtures("people")
async def test_direct_messages_are_refused_too(connection: AsyncConnection, organization_id: UUID) -> None:
    transactional = await find_sender(connection, organization_id, "transactional")
    await tell(connection, transactional, NAME)
    told = [await plan_direct(connection, draft(nth), posting(organization_id)) for nth in range(4)]
    refused = [(one.state, one.reason) == REFUSED for one in told]
    assert refused == [True, False, True, False], "to the US and Canada; where nobody knows it is left to Twilio"


async def test_an_account_that_becomes_real_makes_a_missing_registration_count(
    connection: AsyncConnection, marketing: Sender
) -> None:
    await keep_numbers(connection, marketing, [number(LOCAL, "pending")], actor="person:ada", now=NOW)
    found = []
    for live in (False, True):
        await apply_all_rules(connection, live=live)
        found.append("US" in (await load_sender(connection, marketing.id)).refused_countries)
    assert found == [False, True]


async def test_nobody_who_told_nothing_is_kept_from_anything(
    connection: AsyncConnection, marketing: Sender
) -> None:
    await apply_all_rules(connection, live=True)
    told = await connection.execute(
        text("SELECT throughput, refused_countries FROM senders WHERE id = :id"), {"id": marketing.id}
    )
    assert tuple(told.one()) == (None, [])
