"""The life of one appointment by chance: what its calendar does to it, and how far its messages come meanwhile."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.reminders.planning import plan_due
from tests.integration.reminders.followed import change

MINUTE = timedelta(minutes=1)
OFFSETS = {"day": timedelta(hours=24), "soon": timedelta(hours=2)}
LEFT = ("sent", "delivered")
Key = tuple[str, str, datetime, int]
"""Rule, occasion, start and contact: what may reach a person once."""

# What may become of a message next; of one that was taken back, where that differs.
_NEXT = {"planned": ["claimed"], "claimed": ["sent", "planned", "unknown"], "unknown": ["sent", "planned"]}
_NEXT_WITHDRAWN = {"claimed": ["sent", "canceled", "unknown"], "unknown": ["sent", "canceled"]}

_LINKED = text("""
    SELECT r.message_id, r.rule, r.occasion, r.starts_at, m.contact_id
    FROM reminders r JOIN messages m ON m.id = r.message_id
""")
_MESSAGES = text("SELECT id, state::text AS state, withdrawn, campaign_run_id FROM messages ORDER BY id")
_BECOMES = text("UPDATE messages SET state = CAST(:state AS message_state) WHERE id = :id")


@dataclass(slots=True)
class Life:
    """One appointment from `now` on."""

    connection: AsyncConnection
    organization_id: UUID
    chance: random.Random
    now: datetime
    starts: tuple[datetime, datetime]
    people: tuple[int, int]
    start: datetime = field(init=False)
    state: str = "booked"
    contact: int = field(init=False)
    keys: dict[int, Key] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.start, self.contact = self.starts[0], self.people[0]

    async def step(self) -> None:
        """Something happens, and time goes by."""
        deeds = [self._move, self._change_state, self._plan, self._plan, self._send, self._send, self._send]
        if self.contact == self.people[0]:
            deeds.append(self._give_away)
        await self.chance.choice(deeds)()
        self.now += MINUTE * self.chance.choice([0, 1, 30, 300])

    async def end(self) -> None:
        """The calendar is left alone, and everything that is due leaves, until the start."""
        moments = [self.now, *(self.start - offset for offset in OFFSETS.values())]
        for moment in sorted(each for each in moments if each >= self.now):
            self.now = moment
            for _ in range(4):
                await self._plan()
                await self._send(all_the_way=True)

    async def left(self) -> Counter[Key]:
        """How often each message reached its person."""
        rows = await self.connection.execute(_MESSAGES)
        return Counter(self.keys[row.id] for row in rows if row.state in LEFT)

    async def _apply(self, **said: Any) -> None:
        await change(self.connection, self.organization_id, now=self.now, **said)

    async def _move(self) -> None:
        self.start = self.starts[1] if self.start == self.starts[0] else self.starts[0]
        self.state = "booked" if self.state in ("confirmed", "reschedule_requested") else self.state
        await self._apply(starts_at=self.start)

    async def _change_state(self) -> None:
        self.state = self.chance.choice(["booked", "booked", "confirmed", "canceled", "reschedule_requested"])
        await self._apply(state=self.state)

    async def _give_away(self) -> None:
        self.contact = self.people[1]
        await self._apply(contact_id=self.contact)

    async def _plan(self) -> None:
        await plan_due(self.connection, now=self.now)
        for row in await self.connection.execute(_LINKED):
            self.keys.setdefault(row.message_id, tuple(row)[1:])

    async def _send(self, *, all_the_way: bool = False) -> None:
        for row in (await self.connection.execute(_MESSAGES)).all():
            after = (_NEXT_WITHDRAWN if row.withdrawn else _NEXT).get(row.state)
            if after and (all_the_way or self.chance.random() < 0.6):
                state = after[1 if row.withdrawn else 0] if all_the_way else self.chance.choice(after)
                await self.connection.execute(_BECOMES, {"id": row.id, "state": state})
