"""Campaigns to the same people, one after the other, on one stage."""

from collections.abc import AsyncGenerator
from pathlib import Path
from random import Random
from uuid import UUID

from sqlalchemy import text

from models.columns import utc_now
from models.engine import open_engine
from models.policy.store import set_policy
from tests.chaos.campaign import ChaosCampaign, Outcome
from tests.chaos.recipients import People, add_people
from tests.chaos.stage import open_stage, open_twilio

LOST_CALLBACKS = 0.03
"""In every other campaign; in those between, our statuses must be Twilio's, every one."""
_MANY_CAMPAIGNS = "caps: {by_law: false}"
"""Some of the made-up numbers are of states that allow three messages a day."""


async def run_season(
    folder: Path, *, random: Random, campaigns: int, recipients: int, kills: int, rate: float
) -> AsyncGenerator[Outcome, None]:
    """The outcome of each campaign when it is over; everything is ended with the generator."""
    people = People.of(recipients)
    async with (
        open_stage(folder, rate=rate) as stage,
        open_engine(stage.settings(), application="chaos") as engine,
        open_twilio(stage) as twilio,
    ):
        async with engine.begin() as connection:
            found = await connection.execute(text("SELECT id FROM organizations WHERE slug = 'default'"))
            organization_id = UUID(str(found.scalar_one()))
            await add_people(connection, organization_id, people)
            await set_policy(connection, organization_id, _MANY_CAMPAIGNS, actor="chaos", now=utc_now())
        for number in range(1, campaigns + 1):
            campaign = ChaosCampaign(
                stage=stage,
                engine=engine,
                twilio=twilio,
                people=people,
                number=number,
                random=Random(random.randrange(1 << 30)),  # noqa: S311 (no secret)
                kills=kills,
                lost_callbacks=0.0 if number % 2 else LOST_CALLBACKS,
            )
            yield await campaign.run(organization_id)
