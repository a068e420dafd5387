"""Campaigns: what to send to whom."""

from uuid import UUID

from fastapi import APIRouter, status
from sqlalchemy.ext.asyncio import AsyncConnection

from api.v1.access import Transaction
from api.v1.campaign_access import Reader, Writer, campaign_of
from api.v1.campaign_shapes import CampaignGiven, CampaignLineShown, CampaignShown
from api.v1.description import BODY_PROBLEMS, NOT_FOUND
from api.v1.idempotency import Repeatable
from api.v1.pages import CursorText, Page, page_of, place_of
from api.v1.problems import ProblemError
from api.v1.values import Limit
from messaging import segments
from messaging.segments import BodyTooLong
from messaging.templates import TemplateError
from models.api_keys.callers import Caller
from models.campaigns.definition import CampaignDefinition
from models.campaigns.rendering import compile_body
from models.campaigns.store import attribute_names, insert_campaign, list_campaigns
from models.policy.personal_data import refused_in, sentence
from models.policy.store import load_policy

router = APIRouter(prefix="/campaigns", tags=["Campaigns"])


@router.post(
    "", summary="Create a campaign", status_code=status.HTTP_201_CREATED, responses=BODY_PROBLEMS | NOT_FOUND
)
async def create_campaign(
    given: CampaignGiven, caller: Writer, connection: Transaction, repeatable: Repeatable
) -> CampaignShown:
    """Nothing is sent yet. The body's variables must be fields or attributes of contacts."""

    async def work() -> CampaignShown:
        await _check_body(connection, given.body, caller)
        made = await insert_campaign(connection, _definition(given), organization_id=caller.organization_id)
        return CampaignShown.model_validate(made)

    return await repeatable.once(connection, CampaignShown, work)


@router.get("", summary="List campaigns")
async def get_campaigns(
    caller: Reader, connection: Transaction, limit: Limit = 50, cursor: CursorText = None
) -> Page[CampaignLineShown]:
    """Newest first."""
    lines = await list_campaigns(connection, caller.organization_id, before=place_of(cursor, UUID), most=limit + 1)
    return page_of(lines, limit=limit, show=CampaignLineShown.model_validate, place=lambda line: line.id)


@router.get("/{campaign_id}", summary="Get a campaign", responses=NOT_FOUND)
async def get_campaign(campaign_id: UUID, caller: Reader, connection: Transaction) -> CampaignShown:
    """One campaign."""
    return CampaignShown.model_validate(await campaign_of(connection, campaign_id, caller))


def _definition(given: CampaignGiven) -> CampaignDefinition:
    return CampaignDefinition(
        name=given.name,
        kind=given.kind,
        topic=given.topic,
        sensitive=given.sensitive,
        body=given.body,
        tags=tuple(dict.fromkeys(given.audience.tags)),
        countries=tuple(dict.fromkeys(given.audience.countries)),
        rate=given.rate,
        send_at=given.send_at,
        send_before=given.send_before,
        priority=given.priority,
        alerts=given.alerts.model_dump(exclude_none=True),
    )


async def _check_body(connection: AsyncConnection, body: str, caller: Caller) -> None:
    """By the same rules as a campaign file's."""
    refused = refused_in(body, (await load_policy(connection, caller.organization_id)).retention)
    if refused is not None:
        raise ProblemError.at("/body", f"At character {refused.start + 1}, {sentence(refused)}.")
    try:
        template = compile_body(body, await attribute_names(connection, caller.organization_id))
        segments.check(template.fixed_text)
    except TemplateError as error:
        raise ProblemError.at("/body", f"{error.reason}, at character {error.offset + 1}.") from None
    except BodyTooLong as error:
        raise ProblemError.at("/body", str(error)) from None
