"""Holds the gate for one claim: nothing begins on consent older than 250 ms, or on a lease about to end."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.business_clock import Clock
from models.messages.gate import GateVerdict, objections

FRESH_SECONDS = 0.25
_BOOT_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def boot_seconds() -> float:
    """Seconds since the machine started, counted on while it sleeps and while this process is stopped."""
    return time.clock_gettime(_BOOT_CLOCK)


class Gatekeeper:
    """Answers for every message of one claim from a look at the database that is at most 250 ms old.

    `last_begin` is the boot-time second after which a request could outlive the lease. A message is let through
    once: the later looks are only for those that still wait.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        claim_id: UUID,
        ids: Sequence[int],
        last_begin: float,
        clock: Clock,
        hours_margin: timedelta | None = None,
    ) -> None:
        self._engine = engine
        self._claim_id = claim_id
        self._last_begin = last_begin
        self._clock = clock
        self._hours_margin = hours_margin
        self._looked_at = -FRESH_SECONDS
        self._waiting = set(ids)
        self._objections: dict[int, GateVerdict] = {}
        self._looking = asyncio.Lock()

    async def look(self, message_id: int) -> GateVerdict:
        """The verdict on one message now. Raises SQLAlchemy's errors when the database cannot be asked."""
        while boot_seconds() - self._looked_at > FRESH_SECONDS:
            async with self._looking:
                if boot_seconds() - self._looked_at > FRESH_SECONDS:
                    await self._look_again()
        if boot_seconds() >= self._last_begin or message_id not in self._waiting:
            return GateVerdict.LOST
        self._waiting.remove(message_id)
        return self._objections.get(message_id, GateVerdict.GO)

    async def _look_again(self) -> None:
        asked_at = boot_seconds()
        async with self._engine.connect() as connection:
            self._objections = await objections(
                connection,
                claim_id=self._claim_id,
                ids=self._waiting,
                now=self._clock(),
                hours_margin=self._hours_margin,
            )
        self._looked_at = asked_at
