"""Webhooks of Twilio's that could not be handled: listed, and tried again."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from api.v1.access import Transaction, requires
from api.v1.description import NOT_FOUND
from api.v1.pages import Page
from api.v1.problems import ProblemError
from api.v1.values import IdInPath, Limit, Shown
from models.api_keys.callers import Caller
from models.api_keys.scopes import Scope
from models.columns import utc_now
from models.webhook_failures import failed_deliveries
from models.webhook_replay import replay
from models.webhook_selection import Selection, deliveries_between

router = APIRouter(prefix="/webhooks", tags=["Webhooks"])
Reader = Annotated[Caller, Depends(requires(Scope.WEBHOOKS_READ))]
Writer = Annotated[Caller, Depends(requires(Scope.WEBHOOKS_WRITE))]


class FailedShown(Shown):
    """A delivery that could not be handled; what it says is kept, but not shown."""

    id: int
    kind: str = Field(examples=["inbound"])
    received_at: datetime
    reason: str
    tries: int
    next_try_at: datetime | None = Field(description="When it is tried again by itself; null for never.")
    sid: str | None


class Replayed(Shown):
    """What became of it."""

    id: int
    fate: str = Field(description="`handled`, `unchanged` or `failed`.", examples=["handled"])


@router.get("/failed", summary="List webhooks that could not be handled")
async def get_failed_webhooks(caller: Reader, connection: Transaction, limit: Limit = 50) -> Page[FailedShown]:
    """Newest first."""
    found = await failed_deliveries(connection, organization_id=caller.organization_id, most=limit)
    return Page(data=[FailedShown.model_validate(one) for one in found], next_cursor=None)


@router.post("/{event_id}/replay", summary="Handle a webhook again", responses=NOT_FOUND)
async def replay_webhook(event_id: IdInPath, caller: Writer, connection: Transaction) -> Replayed:
    """By the function that handles live ones; what was handled before changes nothing."""
    own = Selection(organization_id=caller.organization_id)
    found, _ = await deliveries_between(connection, own, first=event_id, last=event_id, most=1)
    if not found:
        raise ProblemError.missing("webhook")
    return Replayed(id=event_id, fate=await replay(connection, event_id, now=utc_now(), again=True))
