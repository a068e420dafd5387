"""A claim takes no more than its limit, whichever way PostgreSQL chooses to carry it out."""

from collections.abc import Sequence

import pytest
from sqlalchemy import text

from models.columns import utc_now
from models.messages.claim import claim
from tests.fixtures.sending import Start

MOST = 7
PATHS = ("seqscan", "indexscan", "bitmapscan", "indexonlyscan")
JOINS = ("nestloop", "hashjoin", "mergejoin")


@pytest.mark.parametrize(
    "off",
    [
        (),
        ("sort",),
        ("material", "memoize"),
        *[(path,) for path in PATHS],
        *[(join,) for join in JOINS],
        *[tuple(path for path in PATHS if path != kept) for kept in PATHS],
        *[tuple(join for join in JOINS if join != kept) for kept in JOINS],
    ],
    ids=lambda off: "-".join(off) or "as it is",
)
async def test_takes_its_limit_and_no_more_under_any_plan(off: Sequence[str], start: Start) -> None:
    campaign = await start(40)
    async with campaign.engine.connect() as connection:
        for kind in off:
            await connection.execute(text(f"SET LOCAL enable_{kind} = off"))
        now = utc_now()
        taken = await claim(
            connection,
            campaign.run.id,
            template=campaign.template,
            most=MOST,
            lease=60,
            now=now,
            hours_margin=None,
        )
        claimed = await connection.execute(text("SELECT count(*) FROM messages WHERE state = 'claimed'"))
        assert (len(taken.messages), claimed.scalar_one()) == (MOST, MOST)
        await connection.rollback()
