"""The campaign, and its run, that a command is about."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from models.campaigns.runs import Run
from models.campaigns.starting import find_run
from models.campaigns.store import find_campaign
from models.campaigns.tables import ONCE, Campaign
from models.organizations import find_organization


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a command names: an organization by slug, a campaign of it by id or name, a sending by its label."""

    organization: str
    campaign: str
    occurrence: str = ONCE


class NoRunYet(TidingsError):
    """The campaign was not started, or not under this label."""


async def campaign_of(connection: AsyncConnection, wanted: Wanted) -> Campaign:
    """The campaign. Raises `NoSuchOrganization` or `NoSuchCampaign`."""
    organization = await find_organization(connection, wanted.organization)
    return await find_campaign(connection, wanted.campaign, organization_id=organization.id)


async def run_of(connection: AsyncConnection, wanted: Wanted) -> tuple[Campaign, Run]:
    """The campaign and its run with this label. Raises what `campaign_of` does, or `NoRunYet`."""
    campaign = await campaign_of(connection, wanted)
    run = await find_run(connection, campaign.id, occurrence=wanted.occurrence)
    if run is None:
        raise NoRunYet(
            f'"{campaign.name}" has no run "{wanted.occurrence}" yet; start it with '
            f"`tidings campaign start {campaign.id}`."
        )
    return campaign, run
