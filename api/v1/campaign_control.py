"""Starting, pausing, resuming and canceling campaigns, and how fast they are sent."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, status
from sqlalchemy.ext.asyncio import AsyncEngine

from api.campaign_flow_runs import begin_sending
from api.v1.access import Engine, Transaction
from api.v1.campaign_access import Writer, campaign_of, run_of
from api.v1.campaign_shapes import CampaignStarted, RateGiven, RateShown, RunNamed, RunShown, StartGiven
from api.v1.description import BODY_PROBLEMS, CONFLICT, NOT_FOUND
from api.v1.idempotency import Repeatable, RepeatableCall
from api.v1.prefect import PrefectUrl
from models.campaigns import control
from models.campaigns.runs import Run, load_run
from models.campaigns.starting import Resumed, make_ready
from models.campaigns.tables import Campaign
from models.columns import utc_now

router = APIRouter(
    prefix="/campaigns/{campaign_id}", tags=["Campaigns"], responses=BODY_PROBLEMS | NOT_FOUND | CONFLICT
)
_AT_ONCE = StartGiven()
_ONCE = RunNamed()


@dataclass(frozen=True, slots=True)
class _Order:
    """A run that is ready for a flow run."""

    campaign: Campaign
    run: Run
    resumed: Resumed
    shards: int = 1


@router.post("/start", summary="Start a campaign", status_code=status.HTTP_202_ACCEPTED)
async def start_campaign(
    campaign_id: UUID,
    caller: Writer,
    prefect_api_url: PrefectUrl,
    engine: Engine,
    repeatable: Repeatable,
    given: StartGiven = _AT_ONCE,
) -> CampaignStarted:
    """Starts a flow run, now or at its `send_at`. Starting again sends only to those not sent to yet."""
    async with engine.begin() as connection:
        before = await repeatable.answered_before(connection, CampaignStarted)
        if before is not None:
            return before
        await campaign_of(connection, campaign_id, caller)
        campaign, resumed = await make_ready(
            connection,
            str(campaign_id),
            organization_id=caller.organization_id,
            occurrence=given.occurrence,
            now=utc_now(),
        )
        _, run = await run_of(connection, campaign.id, caller, occurrence=given.occurrence)
    order = _Order(campaign, run, resumed, given.shards)
    return await _begin(order, prefect_api_url=prefect_api_url, engine=engine, repeatable=repeatable)


@router.post("/resume", summary="Resume a campaign", status_code=status.HTTP_202_ACCEPTED)
async def resume_campaign(
    campaign_id: UUID,
    caller: Writer,
    prefect_api_url: PrefectUrl,
    engine: Engine,
    repeatable: Repeatable,
    given: RunNamed = _ONCE,
) -> CampaignStarted:
    """Goes on with what was paused, by a person or by an error that is mended now."""
    async with engine.begin() as connection:
        before = await repeatable.answered_before(connection, CampaignStarted)
        if before is not None:
            return before
        campaign, run = await run_of(connection, campaign_id, caller, occurrence=given.occurrence)
        resumed = await control.resume(connection, run, reason=given.reason, now=utc_now())
        order = _Order(campaign, await load_run(connection, run.id), resumed)
    return await _begin(order, prefect_api_url=prefect_api_url, engine=engine, repeatable=repeatable)


@router.post("/pause", summary="Pause a campaign")
async def pause_campaign(
    campaign_id: UUID,
    caller: Writer,
    connection: Transaction,
    given: RunNamed = _ONCE,
) -> RunShown:
    """Stops sending, on all workers within a second, until it is resumed. Nobody is lost."""
    _, run = await run_of(connection, campaign_id, caller, occurrence=given.occurrence)
    reason = given.reason or f"paused by {caller.name}"
    return _shown(await control.pause(connection, run, reason=reason, now=utc_now()))


@router.post("/cancel", summary="Cancel a campaign")
async def cancel_campaign(
    campaign_id: UUID,
    caller: Writer,
    engine: Engine,
    given: RunNamed = _ONCE,
) -> RunShown:
    """Ends a sending for good: whoever was not sent to yet will not be. What was sent stays sent."""
    reason = given.reason or f"canceled by {caller.name}"
    async with engine.begin() as connection:  # committed first: closing a million rows takes seconds
        _, run = await run_of(connection, campaign_id, caller, occurrence=given.occurrence)
        run = await control.cancel(connection, run, reason=reason, now=utc_now())
    async with engine.begin() as connection:
        canceled = await control.cancel_planned(connection, run.id, now=utc_now())
    return _shown(run, messages_canceled=canceled)


@router.post("/rate", summary="Change the rate of a campaign")
async def change_campaign_rate(
    campaign_id: UUID, caller: Writer, connection: Transaction, given: RateGiven
) -> RateShown:
    """While it is sent too; never faster than its sender."""
    _, run = await run_of(connection, campaign_id, caller, occurrence=given.occurrence)
    rate = await control.change_rate(connection, run, given.rate, now=utc_now())
    return RateShown(
        id=campaign_id,
        occurrence=run.occurrence,
        rate=rate.own,
        sender_rate=rate.sender,
        effective_rate=rate.effective,
    )


async def _begin(
    order: _Order, *, prefect_api_url: str, engine: AsyncEngine, repeatable: RepeatableCall
) -> CampaignStarted:
    """No connection is held while Prefect is asked; its own idempotency key makes a repetition harmless."""
    asked = await begin_sending(
        prefect_api_url,
        order.campaign,
        order.run,
        shards=order.shards,
        idempotency_key=_prefect_key(order.run, repeatable.key),
    )
    started = CampaignStarted(
        id=order.campaign.id,
        occurrence=order.run.occurrence,
        state=order.run.state,
        flow_run_id=asked.id,
        url=asked.page,
        begins_at=asked.begins_at,
        resumed=bool(order.resumed),
    )
    async with engine.begin() as connection:
        await repeatable.keep(connection, started)
    return started


def _prefect_key(run: Run, key: str | None) -> str | None:
    return hashlib.sha256(f"{run.id} {key}".encode()).hexdigest() if key else None


def _shown(run: Run, *, messages_canceled: int | None = None) -> RunShown:
    return RunShown(
        id=run.campaign_id,
        occurrence=run.occurrence,
        state=run.state,
        reason=run.state_reason,
        messages_canceled=messages_canceled,
    )
