"""A claim gives nobody more marketing than the caps allow, by the business clock."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.campaigns.preview import preview
from models.caps.foreseen import over_cap_at
from models.columns import utc_now
from models.policy.caps_section import Caps, MarketingCap
from models.policy.store import set_policy
from tests.integration.caps.capped import add_message, cap, claimed, outcome, planned
from tests.integration.population import add_campaign, add_contact, phone

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
WINDOW = timedelta(hours=48)
LEFT, HELD = ("claimed", None), ("skipped", "frequency_cap")


async def agreed(connection: AsyncConnection, organization_id: UUID, number: int = 1) -> int:
    return await add_contact(connection, organization_id, phone(number), consent={"marketing": "opted_in"})


@pytest.mark.parametrize(
    ("label", "earlier", "result"),
    [
        ("delivered", {}, HELD),
        ("on its way", {"state": "queued"}, HELD),
        ("claimed by someone", {"state": "claimed"}, HELD),
        ("perhaps sent", {"state": "unknown"}, HELD),
        ("with the carrier, not delivered", {"state": "undelivered"}, HELD),
        ("to the same person on WhatsApp", {"channel": "whatsapp"}, HELD),
        ("failed before a carrier took it", {"state": "failed"}, LEFT),
        ("given back and waiting", {"state": "planned"}, LEFT),
        ("skipped", {"state": "skipped"}, LEFT),
        ("canceled", {"state": "canceled"}, LEFT),
        ("transactional", {"message_type": "transactional"}, LEFT),
        ("written by the person", {"direction": "inbound", "state": "received"}, LEFT),
    ],
)
async def test_what_counts(
    connection: AsyncConnection,
    organization_id: UUID,
    label: str,
    earlier: dict[str, str],
    result: tuple[str, Any],
) -> None:
    contact_id = await agreed(connection, organization_id)
    run = await planned(connection, organization_id, now=NOW, window=WINDOW)
    await cap(connection, organization_id, messages=1, hours=24, now=NOW)
    await add_message(connection, organization_id, contact_id, at=NOW - timedelta(hours=23), **earlier)
    await claimed(connection, run, now=NOW)
    assert await outcome(connection, run) == {phone(1): result}, label


@pytest.mark.parametrize(("hours", "result"), [(23.99, HELD), (24, LEFT)])
async def test_the_window_rolls_by_the_business_clock(
    connection: AsyncConnection, organization_id: UUID, hours: float, result: tuple[str, Any]
) -> None:
    contact_id = await agreed(connection, organization_id)
    await cap(connection, organization_id, messages=1, hours=24, now=NOW)
    first = await planned(connection, organization_id, now=NOW, window=WINDOW)
    await claimed(connection, first, now=NOW)
    later = NOW + timedelta(hours=hours)
    second = await planned(connection, organization_id, now=NOW, window=WINDOW, send_at=later, name="Second")
    await claimed(connection, second, now=later)
    assert (await outcome(connection, second))[phone(1)] == result
    assert contact_id in await over_cap_at(
        connection, organization_id, Caps(marketing=(MarketingCap(1, 24),)), at=NOW + timedelta(hours=1)
    )


async def test_transactional_messages_have_no_cap(connection: AsyncConnection, organization_id: UUID) -> None:
    contact_id = await agreed(connection, organization_id)
    await cap(connection, organization_id, messages=1, hours=24, now=NOW)
    await add_message(connection, organization_id, contact_id, at=NOW)
    run = await planned(connection, organization_id, now=NOW, window=WINDOW, kind="transactional")
    await claimed(connection, run, now=NOW)
    assert await outcome(connection, run) == {phone(1): LEFT}


async def test_without_a_cap_anyone_gets_any_number(connection: AsyncConnection, organization_id: UUID) -> None:
    contact_id = await agreed(connection, organization_id)
    for _ in range(10):
        await add_message(connection, organization_id, contact_id, at=NOW)
    run = await planned(connection, organization_id, now=NOW, window=WINDOW)
    await claimed(connection, run, now=NOW)
    assert await outcome(connection, run) == {phone(1): LEFT}


async def test_the_plan_and_the_preview_tell_who_is_over_the_cap_already(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    now = utc_now()
    over, under = [await agreed(connection, organization_id, number) for number in (1, 2)]
    await cap(connection, organization_id, messages=2, hours=24, now=now)
    for contact_id, messages in ((over, 2), (under, 1)):
        for _ in range(messages):
            await add_message(connection, organization_id, contact_id, at=now - timedelta(hours=1))
    seen = await preview(connection, await add_campaign(connection, organization_id, name="Looked at"))
    run = await planned(connection, organization_id, now=now, window=WINDOW)
    assert (seen.eligible, seen.skipped["frequency_cap"]) == (1, 1)
    assert await outcome(connection, run) == {phone(1): HELD, phone(2): ("planned", None)}


async def test_another_organizations_messages_do_not_count(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    contact_id = await agreed(connection, organization_id)
    await add_message(connection, organization_id, contact_id, at=NOW)
    caps = Caps(marketing=(MarketingCap(1, 24),))
    assert await over_cap_at(connection, UUID(int=1), caps, at=NOW) == frozenset()
    assert await over_cap_at(connection, organization_id, caps, at=NOW) == {contact_id}


FLORIDA, NEW_YORK, JERSEY = "+13055550142", "+12125550142", "+12015550142"


@pytest.mark.parametrize(
    ("label", "number", "region", "earlier", "result"),
    [
        ("a third in a day", FLORIDA, None, [1, 2], LEFT),
        ("a fourth in a day", FLORIDA, None, [1, 2, 3], ("skipped", "attempt_cap")),
        ("one of them a day ago", JERSEY, None, [1, 2, 24], LEFT),
        ("a state without a cap", NEW_YORK, None, [1, 2, 3], LEFT),
        (
            "a number of New York, a person in Florida",
            NEW_YORK,
            "FL",
            [1, 2, 3],
            ("skipped", "attempt_cap"),
        ),
        ("a number of Florida, a person in New York", FLORIDA, "US-NY", [1, 2, 3], LEFT),
        ("nobody knows the state", "+18005550142", None, [1, 2, 3], ("skipped", "attempt_cap")),
    ],
)
async def test_caps_of_states_hold_without_being_asked_for(
    connection: AsyncConnection,
    organization_id: UUID,
    label: str,
    number: str,
    region: str | None,
    earlier: list[float],
    result: tuple[str, Any],
) -> None:
    contact_id = await add_contact(connection, organization_id, number, consent={"marketing": "opted_in"})
    await connection.execute(text("UPDATE contacts SET region = :region"), {"region": region})
    for hours in earlier:
        await add_message(connection, organization_id, contact_id, at=NOW - timedelta(hours=hours))
    run = await planned(connection, organization_id, now=NOW, window=WINDOW)
    await claimed(connection, run, now=NOW)
    assert await outcome(connection, run) == {number: result}, label


async def test_an_organization_may_put_the_caps_of_states_out_of_force(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    contact_id = await add_contact(connection, organization_id, FLORIDA, consent={"marketing": "opted_in"})
    for _ in range(3):
        await add_message(connection, organization_id, contact_id, at=NOW)
    await set_policy(connection, organization_id, "caps: {by_law: false}", actor="a test", now=NOW)
    run = await planned(connection, organization_id, now=NOW, window=WINDOW)
    await claimed(connection, run, now=NOW)
    assert await outcome(connection, run) == {FLORIDA: LEFT}
