"""The campaign and the run that a request names, only ever among those of its key's organization."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlalchemy.ext.asyncio import AsyncConnection

from api.v1.access import requires
from api.v1.campaign_shapes import Occurrence
from api.v1.problems import Kind, ProblemError
from models.api_keys.callers import Caller
from models.api_keys.scopes import Scope
from models.campaigns.runs import Run
from models.campaigns.starting import find_run
from models.campaigns.store import NoSuchCampaign, find_campaign
from models.campaigns.tables import ONCE, Campaign

Reader = Annotated[Caller, Depends(requires(Scope.CAMPAIGNS_READ))]
Writer = Annotated[Caller, Depends(requires(Scope.CAMPAIGNS_WRITE))]
OccurrenceAsked = Annotated[Occurrence, Query(description="The label of the sending.")]


async def campaign_of(connection: AsyncConnection, campaign_id: UUID, caller: Caller) -> Campaign:
    """The organization's campaign. Raises `ProblemError` (404)."""
    try:
        return await find_campaign(connection, str(campaign_id), organization_id=caller.organization_id)
    except NoSuchCampaign:
        raise ProblemError.missing("campaign") from None


async def run_of(
    connection: AsyncConnection, campaign_id: UUID, caller: Caller, *, occurrence: str = ONCE
) -> tuple[Campaign, Run]:
    """The campaign and its run with this label. Raises `ProblemError` (404)."""
    campaign = await campaign_of(connection, campaign_id, caller)
    run = await find_run(connection, campaign.id, occurrence=occurrence)
    if run is None:
        raise ProblemError(Kind.NOT_FOUND, f'This campaign has no run "{occurrence}"; start it first.')
    return campaign, run
