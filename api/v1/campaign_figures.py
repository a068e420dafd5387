"""What a campaign would do, what became of it, and what happened to it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from api.v1.access import Transaction
from api.v1.campaign_access import OccurrenceAsked, Reader, campaign_of, run_of
from api.v1.description import CONFLICT, NOT_FOUND
from api.v1.figure_shapes import EventShown, PreviewShown, ReportShown, TimelineShown
from api.v1.problems import Kind, ProblemError
from messaging.settings import Settings
from models.campaigns.preview import audience_size, preview
from models.campaigns.report import read_report
from models.campaigns.starting import rate_of
from models.campaigns.tables import ONCE
from models.campaigns.timeline import read_timeline
from models.columns import utc_now

router = APIRouter(prefix="/campaigns/{campaign_id}", tags=["Campaigns"], responses=NOT_FOUND)

LARGEST_PREVIEW = 50_000
"""Every text is rendered, in the process that takes Twilio's webhooks, which must not wait for long."""


@router.get("/preview", summary="Preview a campaign", responses=CONFLICT)
async def preview_campaign(
    campaign_id: UUID,
    caller: Reader,
    connection: Transaction,
    request: Request,
    samples: Annotated[int, Query(ge=0, le=100, description="How many texts to show.")] = 3,
) -> PreviewShown:
    """What a start would do now. Every text is rendered and counted, so the figures are exact."""
    campaign = await campaign_of(connection, campaign_id, caller)
    size = await audience_size(connection, campaign)
    if size > LARGEST_PREVIEW:
        raise ProblemError(
            Kind.CONFLICT,
            f"The audience of {size:,} is more than the {LARGEST_PREVIEW:,} that are previewed here; "
            "use `tidings campaign preview`.",
        )
    settings: Settings = request.app.state.settings
    found = await preview(connection, campaign, samples=samples, keeps_hours=settings.tidings_quiet_hours)
    return PreviewShown.model_validate(found.to_json(rate=await rate_of(connection, campaign)))


@router.get("/report", summary="Get the report of a run")
async def get_report(
    campaign_id: UUID, caller: Reader, connection: Transaction, occurrence: OccurrenceAsked = ONCE
) -> ReportShown:
    """What became of everyone in the audience; the states add up to it at any moment."""
    _, run = await run_of(connection, campaign_id, caller, occurrence=occurrence)
    return ReportShown.model_validate((await read_report(connection, run.id, now=utc_now())).to_json())


@router.get("/timeline", summary="Get the timeline of a run")
async def get_timeline(
    campaign_id: UUID, caller: Reader, connection: Transaction, occurrence: OccurrenceAsked = ONCE
) -> TimelineShown:
    """Planned, paused, resumed, flow runs and how they ended: when, by whom and why."""
    _, run = await run_of(connection, campaign_id, caller, occurrence=occurrence)
    events = await read_timeline(connection, run.id)
    return TimelineShown(data=[EventShown.model_validate(event.to_json()) for event in events])
