"""The run that a command is about."""

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from models.campaigns.runs import Run
from models.campaigns.starting import find_run
from models.campaigns.store import find_campaign
from models.campaigns.tables import Campaign


class NoRunYet(TidingsError):
    """The campaign was not started, or not under this label."""


async def run_of(connection: AsyncConnection, reference: str, *, occurrence: str) -> tuple[Campaign, Run]:
    """A campaign, by its id or name, and its run with this label. Raises `NoSuchCampaign` or `NoRunYet`."""
    campaign = await find_campaign(connection, reference)
    run = await find_run(connection, campaign.id, occurrence=occurrence)
    if run is None:
        raise NoRunYet(
            f'"{campaign.name}" has no run "{occurrence}" yet; start it with '
            f"`tidings campaign start {campaign.id}`."
        )
    return campaign, run
