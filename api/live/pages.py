"""Pages of the stream, read and written once for all who stand at the same place."""

import asyncio
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from api.database_faults import within
from api.live.wire import Written, write_event
from models.events.reading import read_after

PATIENCE = 20.0
"""Seconds that are waited for the database; one whose machine is lost does not even refuse."""

_Place = tuple[UUID, int]


class SharedPages:
    """Reads pages from the database; whoever asks for one that is being read gets the same."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reads: dict[_Place, asyncio.Task[Sequence[Written]]] = {}

    async def page(self, organization_id: UUID, after: int) -> Sequence[Written]:
        """The organization's next events behind a position.

        Raises what the database does, and `NotStoredError` when it does nothing.
        """
        place = (organization_id, after)
        reading = self._reads.get(place)
        if reading is None:
            reading = self._reads[place] = asyncio.create_task(self._read(place))
            reading.add_done_callback(partial(self._forget, place))
        return await asyncio.shield(reading)

    async def _read(self, place: _Place) -> Sequence[Written]:
        return await within(PATIENCE, self._ask(place))

    async def _ask(self, place: _Place) -> Sequence[Written]:
        async with self._engine.connect() as connection:
            events = await read_after(connection, *place)
        return [write_event(event) for event in events]

    def _forget(self, place: _Place, reading: asyncio.Task[Sequence[Written]]) -> None:
        del self._reads[place]
        if not reading.cancelled():
            reading.exception()  # asyncio would report it as never retrieved when all who asked have left
