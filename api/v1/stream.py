"""The live stream: what happens, as it happens."""

from collections.abc import Awaitable, Callable, Collection
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.database_faults import NotStoredError, within
from api.live.feed import Feed
from api.live.pages import PATIENCE
from api.live.response import LiveResponse
from api.live.telling import Wish, tell
from api.v1.access import requires
from api.v1.problems import Kind, ProblemError
from models.api_keys.callers import Caller, is_still_good
from models.api_keys.scopes import Scope
from models.columns import utc_now
from models.events.demand import ask_for_statuses
from models.events.kinds import EventKind
from models.events.reading import head

MOST_STREAMS = 500
"""In one process; each costs a connection and some 100 kB while it is behind."""

_LARGEST = 2**63 - 1
_EXAMPLE = """retry: 2000

event: message.status
id: 4711
data: {"id": "evt_4720", "type": "message.status", "version": 1, "sequence": 4711,\
 "timestamp": "2026-03-01T10:00:00+00:00", "data": {"message_id": 12, "status": "delivered"}}
"""
router = APIRouter(tags=["Events"])
Reader = Annotated[Caller, Depends(requires(Scope.EVENTS_READ))]
Position = Annotated[
    int | None, Query(ge=0, le=_LARGEST, description="As Last-Event-ID, for the first connection.")
]


@router.get(
    "/stream",
    summary="Follow what happens",
    response_class=LiveResponse,
    responses={
        200: {"content": {"text/event-stream": {"example": _EXAMPLE}}, "description": "Never ends by itself."}
    },
)
async def stream(
    request: Request,
    caller: Reader,
    *,
    kinds: Annotated[
        list[EventKind | Literal["campaign.progress"]] | None,
        Query(alias="kind", max_length=20, description="Only these events; may be given several times."),
    ] = None,
    after: Position = None,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
) -> LiveResponse:
    """Server-sent events within two seconds of what they tell of: messages, statuses, consents, campaigns.

    Each has an id. A client that comes back with the last one it got, in `Last-Event-ID` as browsers do by
    themselves, gets everything behind it once and in order; without one it gets what happens from now on. An event
    `reset` says that some of it is not kept any more. `campaign.progress` tells how far each campaign is, at most
    once a second, and has no id. Every 15 s of silence there is a comment. A client that does not read for 30 s is
    cut off.
    """
    feed: Feed = request.app.state.feed
    if feed.listeners >= MOST_STREAMS:
        raise ProblemError(
            Kind.UNAVAILABLE, "Too many streams are open; try again later.", headers={"Retry-After": "30"}
        )
    engine: AsyncEngine = request.app.state.events_engine
    wish = await _wish(engine, caller, after=_position(last_event_id, after), kinds=kinds or ())
    return LiveResponse(
        tell(feed, wish, welcome=_welcome(engine, caller)),
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


def _position(last_event_id: str | None, after: int | None) -> int | None:
    if last_event_id is None or not last_event_id.strip():
        return after
    if not (last_event_id.isascii() and last_event_id.isdecimal() and int(last_event_id) <= _LARGEST):
        raise ProblemError(Kind.MALFORMED, "Last-Event-ID is none of this stream; leave it out to begin with now.")
    return int(last_event_id)


async def _wish(engine: AsyncEngine, caller: Caller, *, after: int | None, kinds: Collection[str]) -> Wish:
    organization_id = caller.organization_id
    async with engine.begin() as connection:
        complete_from = await ask_for_statuses(connection, organization_id, now=utc_now())
        position = await head(connection, organization_id) if after is None else after
    return Wish(organization_id=organization_id, after=position, kinds=kinds, incomplete=position < complete_from)


def _welcome(engine: AsyncEngine, caller: Caller) -> Callable[[], Awaitable[bool]]:
    """Whether the key is still good; it also has everything noted for another day."""

    async def look() -> bool:
        async with engine.begin() as connection:
            await ask_for_statuses(connection, caller.organization_id, now=utc_now())
            return await is_still_good(connection, caller.key_id, now=utc_now())

    async def ask() -> bool:
        try:
            return await within(PATIENCE, look())
        except (SQLAlchemyError, OSError, NotStoredError):
            return True  # a database that is down takes nobody's key away

    return ask
