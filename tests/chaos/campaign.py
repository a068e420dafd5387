"""One campaign in the storm: its blows as they fall due, its end, and the judgement."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.chaos.blows import Blow, Target, draw_blows
from tests.chaos.evidence import gather, open_messages, stops_heard
from tests.chaos.judge import Judgement, judge
from tests.chaos.part import Part
from tests.chaos.recipients import People, start_campaign
from tests.chaos.stage import Stage
from tests.chaos.weather import STORM_RATE, settings
from tests.simulator.running import SERVICE, Twilio

TICK_SECONDS = 0.05
LONGEST_SECONDS = 240.0
CALLBACKS_SECONDS = 20.0
"""How long Twilio tries a callback again, and some seconds."""
LATE_SECONDS = 4.0
"""How long to wait where some callbacks are lost, and the last status of all cannot be waited for."""
SETTLED_IN = 2.0
"""Seconds that a process must have run before it is killed, so that it is killed at work."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a campaign went: kills by target, seconds from start to end, what the judge says."""

    number: int
    kills: Counter[str]
    seconds: float
    judgement: Judgement


@dataclass
class ChaosCampaign:
    """A campaign to everybody, with so many kills drawn from the seed."""

    stage: Stage
    engine: AsyncEngine
    twilio: Twilio
    people: People
    number: int
    random: Random
    kills: int
    lost_callbacks: float
    hit: Counter[str] = field(default_factory=Counter)
    _storm_until: float = 0.0
    _expected: int = 1

    async def run(self, organization_id: UUID) -> Outcome:
        """From the plan to the judgement; what was left undecided after four minutes counts as lost."""
        begun = time.monotonic()
        weather = settings(
            seed=self.random.randrange(1 << 30), inbound_url=self._inbound_url, lost_callbacks=self.lost_callbacks
        )
        await self.twilio.set(**weather)
        before = await self._stats()
        self._expected = len(self.people.agreed - set(await stops_heard(self.twilio)))
        blows = list(draw_blows(self.random, kills=self.kills))
        told = ", ".join(str(blow) for blow in blows)
        print(f"campaign {self.number}: {told}", flush=True)  # noqa: T201  # the schedule, for whoever repeats it
        async with self.engine.begin() as connection:
            run = await start_campaign(connection, organization_id, number=self.number)
        talkers = asyncio.create_task(self._say_stop(before))
        try:
            await self._until_sent(run.id, blows, before=before)
        finally:
            talkers.cancel()
            await asyncio.wait([talkers])
        await self._until_told()
        evidence = await gather(self.engine, self.twilio, run.id, people=self.people, before=before)
        return Outcome(self.number, self.hit, time.monotonic() - begun, judge(evidence))

    @property
    def _inbound_url(self) -> str:
        return f"{self.stage.api_url}/webhooks/twilio/inbound"

    async def _stats(self) -> Counter[str]:
        found: dict[str, Any] = await self.twilio.get("stats")
        return Counter({name: value for name, value in found.items() if isinstance(value, int)})

    async def _progress(self, before: Counter[str]) -> float:
        """The share of those who agreed, and never said STOP before, to whom Twilio has taken a message."""
        return ((await self._stats())["accepted"] - before["accepted"]) / self._expected

    async def _until_sent(self, run_id: UUID, blows: list[Blow], *, before: Counter[str]) -> None:
        """Lets every blow fall in its turn, and waits until nothing is open any more, or the run paused."""
        ends = time.monotonic() + LONGEST_SECONDS
        due_at: float | None = None
        while time.monotonic() < ends:
            self.stage.revive()
            await self._calm()
            if blows and await self._progress(before) >= blows[0].progress:
                due_at = due_at or time.monotonic() + blows[0].after
                if time.monotonic() >= due_at and await self._strike(blows[0]):
                    blows.pop(0)
                    due_at = None
            elif await open_messages(self.engine, run_id) == 0:
                return
            await asyncio.sleep(TICK_SECONDS)

    async def _strike(self, blow: Blow) -> bool:
        """False when whom it is meant for is not at work just now; then it falls as soon as it can."""
        if blow.target is Target.STORM:
            await self.twilio.set(api_rate=STORM_RATE)
            self._storm_until = time.monotonic() + blow.seconds
            return True
        targets = self._targets(blow.target)
        if not targets:
            return False
        for part in targets:
            if blow.target is Target.FROZEN:
                part.freeze(seconds=blow.seconds)
            else:
                part.kill()
            self.hit[part.name.split()[0] if blow.kills else blow.target.value] += 1
        return True

    def _targets(self, target: Target) -> list[Part]:
        if target not in (Target.WORKER, Target.ALL_WORKERS, Target.FROZEN):
            return [part for part in [self.stage.parts[target.value]] if part.is_at_work(since=SETTLED_IN)]
        workers = [part for part in self.stage.workers if part.is_at_work(since=SETTLED_IN)]
        if target is Target.ALL_WORKERS:
            return workers if len(workers) == len(self.stage.workers) else []
        return workers[:1] if len(workers) < 2 else [self.random.choice(workers)]

    async def _calm(self) -> None:
        if self._storm_until and time.monotonic() >= self._storm_until:
            await self.twilio.set(api_rate=None)
            self._storm_until = 0.0

    async def _say_stop(self, before: Counter[str]) -> None:
        """One in two hundred says STOP while the campaign is under way, before their turn or after."""
        talkers = self.random.sample(sorted(self.people.agreed), len(self.people.agreed) // 200)
        for nth, person in enumerate(talkers):
            while await self._progress(before) < nth / len(talkers):  # noqa: ASYNC110  # another process counts
                await asyncio.sleep(TICK_SECONDS * 4)
            words = {"from": person, "messaging_service_sid": SERVICE, "body": "STOP"}
            await self.twilio.request("POST", "/simulator/inbound", json=words)

    async def _until_told(self) -> None:
        """Waits until Twilio has told everything, and tried again what did not reach us."""
        ends = time.monotonic() + (CALLBACKS_SECONDS if not self.lost_callbacks else LATE_SECONDS)
        while time.monotonic() < ends:
            self.stage.revive()
            stats = await self._stats()
            if not stats["under_way"] and not stats["webhook_calls_waiting"] and await self._all_final():
                return
            await asyncio.sleep(TICK_SECONDS * 4)

    async def _all_final(self) -> bool:
        async with self.engine.connect() as connection:
            found = await connection.execute(
                text("SELECT count(*) FROM messages WHERE state IN ('accepted', 'queued', 'sending', 'sent')")
            )
            return bool(found.scalar_one() == 0)
