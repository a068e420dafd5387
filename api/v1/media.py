"""Media that people sent: listed, downloaded from our store, deleted at Twilio."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Request, status
from fastapi.responses import StreamingResponse
from pydantic import Field

from api.v1.access import Transaction, requires
from api.v1.description import CONFLICT, NOT_FOUND
from api.v1.pages import Page
from api.v1.problems import Kind, ProblemError
from api.v1.values import IdInPath, Shown
from messaging.media_store import MediaStore
from models.api_keys.callers import Caller
from models.api_keys.scopes import Scope
from models.columns import utc_now
from models.media.reading import NoSuchMedium, load_medium, media_of
from models.media.waiting import ask_deletion
from models.messages.listing import load_message

log = structlog.get_logger(__name__)

router = APIRouter(tags=["Media"])
Reader = Annotated[Caller, Depends(requires(Scope.CONVERSATIONS_READ))]
Writer = Annotated[Caller, Depends(requires(Scope.CONVERSATIONS_WRITE))]
_PIECE = 64 * 1024
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {}}, "description": "The file, by its own content type"}
}


class MediumShown(Shown):
    """A picture, recording or file that a person sent; `sha256` and `size` (bytes) once it is stored."""

    id: int
    message_id: int
    place: int = Field(description="Which of the message's media, from 0.")
    state: str = Field(examples=["stored"])
    content_type: str
    size: int | None
    sha256: str | None
    error: str | None
    delete_asked_at: datetime | None
    deleted_at: datetime | None = Field(description="Since when Twilio has it no more.")
    created_at: datetime


class DeletionAsked(Shown):
    """How many media are to be deleted at Twilio that were not asked for before."""

    asked: int


@router.get("/messages/{message_id}/media", summary="List the media of a message", responses=NOT_FOUND)
async def get_media(message_id: IdInPath, caller: Reader, connection: Transaction) -> Page[MediumShown]:
    """Of an inbound message, in their order."""
    await load_message(connection, message_id, organization_id=caller.organization_id)
    media = await media_of(connection, caller.organization_id, message_id)
    return Page(data=[MediumShown.model_validate(medium) for medium in media], next_cursor=None)


@router.post(
    "/messages/{message_id}/media/deletion",
    summary="Delete a message's media at Twilio",
    status_code=status.HTTP_202_ACCEPTED,
    responses=NOT_FOUND,
)
async def delete_media_at_twilio(message_id: IdInPath, caller: Writer, connection: Transaction) -> DeletionAsked:
    """Done within a minute or two; our own copy stays, and one that is not stored yet is stored first."""
    await load_message(connection, message_id, organization_id=caller.organization_id)
    asked = await ask_deletion(
        connection, organization_id=caller.organization_id, message_id=message_id, now=utc_now()
    )
    return DeletionAsked(asked=asked)


@router.get("/media/{medium_id}", summary="Get what is known of a medium", responses=NOT_FOUND)
async def get_medium(medium_id: IdInPath, caller: Reader, connection: Transaction) -> MediumShown:
    """Without its content."""
    try:
        return MediumShown.model_validate(await load_medium(connection, caller.organization_id, medium_id))
    except NoSuchMedium:
        raise ProblemError.missing("medium") from None


@router.get(
    "/media/{medium_id}/content",
    summary="Download a medium",
    responses=NOT_FOUND | CONFLICT | _FILE,
    response_class=StreamingResponse,
)
async def download_medium(
    medium_id: IdInPath, caller: Reader, connection: Transaction, request: Request
) -> StreamingResponse:
    """The file as it was received. 409 while it is not stored, or because its type or size is not allowed."""
    try:
        medium = await load_medium(connection, caller.organization_id, medium_id)
    except NoSuchMedium:
        raise ProblemError.missing("medium") from None
    if medium.path is None:
        raise ProblemError(Kind.CONFLICT, f"This medium is not stored: {medium.error or medium.state}.")
    file = await _opened(MediaStore.of(request.app.state.settings), medium.path)
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(_pieces(file), media_type=medium.content_type, headers=headers)


async def _opened(store: MediaStore, path: str) -> IO[bytes]:
    try:
        return await asyncio.to_thread(store.open, path)
    except OSError as error:
        log.error("stored medium cannot be read", error=type(error).__name__)
        raise ProblemError(Kind.UNAVAILABLE, "The media store does not give this file.") from None


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
