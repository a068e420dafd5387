"""Fetches what people sent along, keeps it, and deletes it at Twilio where that is asked; a step of the sweep."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import IO

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import SettingsError, TidingsError
from messaging.media_store import MediaStore, sha256_of
from messaging.media_types import EXTENSIONS, HEAD, type_of
from messaging.twilio_media import MediumRefused, TwilioMedia, media_session
from models.exclusive import Duty, exclusive
from models.media.waiting import (
    DueMedium,
    StoredFile,
    due_media,
    is_to_be_fetched,
    mark_deleted,
    mark_not_now,
    mark_refused,
    mark_stored,
)
from models.organizations import load_organization
from models.tenants.accounts import account_of
from tasks.equipment import Equipment
from tasks.request_pace import RequestPace

BATCH = 40
AT_ONCE = 8
PER_SECOND = 20.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Room:
    """What every medium of a pass needs."""

    tools: Equipment
    store: MediaStore
    pace: RequestPace
    twilio: Callable[[DueMedium], Awaitable[TwilioMedia]]


async def tend_media(tools: Equipment) -> Counter[str]:
    """Fetches and deletes what is due now; counts of stored, refused, deleted and later.

    Nothing is done while another process does it, or when the store cannot be opened.
    """
    tally: Counter[str] = Counter()
    async with exclusive(tools.engine, Duty.MEDIA) as alone:
        if not alone or not await _due(tools):
            return tally
        try:
            store = MediaStore.of(tools.settings)
        except SettingsError as error:
            _log.error("media_store_closed", reason=str(error))
            return tally
        base_url = tools.settings.twilio_api_base_url
        async with media_session(base_url) as session:

            async def twilio(medium: DueMedium) -> TwilioMedia:
                async with tools.engine.connect() as connection:
                    organization = await load_organization(connection, medium.organization_id)
                return TwilioMedia(account_of(organization, tools.settings), base_url, session)

            room = _Room(tools, store, RequestPace(PER_SECOND, at_once=AT_ONCE), twilio)
            while due := await _due(tools):
                tally.update(await asyncio.gather(*(_tend(room, medium) for medium in due)))
    return tally


async def _due(tools: Equipment) -> list[DueMedium]:
    async with tools.engine.connect() as connection:
        return list(await due_media(connection, now=tools.clock(), most=BATCH))


async def _tend(room: _Room, medium: DueMedium) -> str:
    """Does what is due for one medium, and says what became of it."""
    try:
        async with room.pace:
            twilio = await room.twilio(medium)
            if is_to_be_fetched(medium):
                return await _fetch(room, medium, twilio)
            await twilio.delete(medium.url)
        return await _note(room, "deleted", lambda c: mark_deleted(c, medium.id, now=room.tools.clock()))
    except MediumRefused as error:
        reason = str(error)
        return await _note(
            room, "refused", lambda c: mark_refused(c, medium.id, error=reason, now=room.tools.clock())
        )
    except (TidingsError, OSError) as error:
        reason = str(error) if isinstance(error, TidingsError) else f"The media store: {type(error).__name__}."
        _log.warning("medium_not_now", medium_id=medium.id, reason=reason)
        return await _note(
            room, "later", lambda c: mark_not_now(c, medium.id, error=reason, now=room.tools.clock())
        )


async def _fetch(room: _Room, medium: DueMedium, twilio: TwilioMedia) -> str:
    settings = room.tools.settings
    most_bytes = int(settings.tidings_media_megabytes * 1_000_000)
    async with twilio.fetch(medium.url, most_bytes=most_bytes) as file:
        stored = await asyncio.to_thread(_keep, room.store, medium, file)
    delete_too = settings.tidings_delete_media_at_twilio
    return await _note(
        room,
        "stored",
        lambda c: mark_stored(c, medium.id, stored, delete_too=delete_too, now=room.tools.clock()),
    )


def _keep(store: MediaStore, medium: DueMedium, file: IO[bytes]) -> StoredFile:
    """Checks a file's type and keeps it. Raises `MediumRefused`, and what the store raises."""
    kind = type_of(file.read(HEAD), declared=medium.declared_type)
    file.seek(0)
    if kind is None:
        raise MediumRefused("The medium is of a type that is not stored.")
    digest, size = sha256_of(file)
    day = medium.created_at.strftime("%Y/%m/%d")
    path = f"{medium.organization_id}/{day}/{medium.message_id}-{medium.place}{EXTENSIONS[kind]}"
    store.put(path, file)
    return StoredFile(kind, size, digest, path)


async def _note(room: _Room, what: str, work: Callable[[AsyncConnection], Awaitable[None]]) -> str:
    async with room.tools.engine.begin() as connection:
        await work(connection)
    return what
