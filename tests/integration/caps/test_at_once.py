"""Campaigns that claim the same people at the same time never add up to more than a cap, nor to less."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.campaigns.runs import Run
from tests.integration.caps.capped import cap, claimed, planned
from tests.integration.population import add_contact, phone
from tests.integration.test_import_batches import until_waiting

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
WINDOW = timedelta(hours=48)
PEOPLE, CAMPAIGNS = 60, 4

_IMPORTED = text("""
    UPDATE contacts c SET updated_at = clock_timestamp()
    FROM (SELECT id FROM contacts WHERE phone = ANY(:phones) ORDER BY phone FOR NO KEY UPDATE) locked
    WHERE c.id = locked.id
""")
_LOCK = text("SELECT id FROM contacts WHERE phone = ANY(:phones) FOR NO KEY UPDATE")
_LEFT = text("SELECT contact_id FROM messages WHERE state = 'claimed'")
_STATES = text("SELECT state::text, skip_reason, count(*) AS messages FROM messages GROUP BY 1, 2")


async def four_campaigns(engine: AsyncEngine, *, messages: int, numbers: Sequence[int]) -> list[Run]:
    """To the same people, added in this order."""
    async with engine.begin() as connection:
        organization_id: UUID = (await connection.execute(text("SELECT id FROM organizations"))).scalar_one()
        for number in numbers:
            await add_contact(connection, organization_id, phone(number), consent={"marketing": "opted_in"})
        await cap(connection, organization_id, messages=messages, hours=24, now=NOW)
        names = [f"Campaign {number}" for number in range(CAMPAIGNS)]
        return [await planned(connection, organization_id, now=NOW, window=WINDOW, name=name) for name in names]


async def claim_all(engine: AsyncEngine, run: Run, *, most: int) -> None:
    taken = True
    while taken:
        async with engine.begin() as connection:
            found = await claimed(connection, run, now=NOW, most=most)
        taken = bool(found.messages or found.set_aside)


async def keep_importing(engine: AsyncEngine, *, until: asyncio.Event) -> int:
    """What an import does to the same contacts: some at a time, locked in the order of their numbers."""
    batches = 0
    while not until.is_set():
        some = [phone(random.randrange(PEOPLE)) for _ in range(20)]  # noqa: S311 (no secret)
        async with engine.begin() as connection:
            await connection.execute(_IMPORTED, {"phones": some})
            await asyncio.sleep(0.005)
        batches += 1
    return batches


@pytest.mark.parametrize(("messages", "most"), [(1, 7), (2, 7), (2, 60), (3, 1)])
async def test_nobody_gets_more_than_the_cap_and_nobody_less(
    committed: AsyncEngine, messages: int, most: int
) -> None:
    shuffled = random.Random(7).sample(range(PEOPLE), PEOPLE)  # noqa: S311 (no secret)
    runs = await four_campaigns(committed, messages=messages, numbers=shuffled)
    done = asyncio.Event()
    importing = asyncio.create_task(keep_importing(committed, until=done))
    await asyncio.gather(*(claim_all(committed, run, most=most) for run in runs for _ in range(2)))
    done.set()
    assert await importing > 0
    async with committed.connect() as connection:
        left = Counter((await connection.execute(_LEFT)).scalars())
        states = {(row.state, row.skip_reason): row.messages for row in await connection.execute(_STATES)}
    assert (len(left), set(left.values())) == (PEOPLE, {messages})
    assert states == {
        ("claimed", None): messages * PEOPLE,
        ("skipped", "frequency_cap"): (CAMPAIGNS - messages) * PEOPLE,
    }


async def test_whoever_locks_contacts_in_the_order_of_numbers_never_meets_a_claim_half_way(
    committed: AsyncEngine,
) -> None:
    """The claim waits for the first number, and holds none of those that were added before it."""
    [run, *_] = await four_campaigns(committed, messages=1, numbers=[3, 2, 1])
    async with committed.connect() as importing, importing.begin() as transaction:
        await importing.execute(_LOCK, {"phones": [phone(1)]})
        claiming = asyncio.create_task(claim_all(committed, run, most=3))
        await until_waiting(committed)
        await importing.execute(text("SET LOCAL lock_timeout = '1s'"))
        await importing.execute(_LOCK, {"phones": [phone(2), phone(3)]})
        await transaction.commit()
    await claiming
    async with committed.connect() as connection:
        assert len((await connection.execute(_LEFT)).all()) == 3
