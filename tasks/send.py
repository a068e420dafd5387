"""Sends a chunk of a campaign run: claim, pace and dispatch, until the chunk is done or nothing more is due."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from math import inf, isfinite
from time import time_ns

from messaging.templates import Template
from messaging.twilio_messages import TwilioMessages
from models.campaigns.runs import Run
from models.messages.claim import Claim, claim
from models.pacing import Grant, budget_keys, reserve, standings
from tasks.dispatch import Dispatch
from tasks.equipment import Equipment
from tasks.gatekeeper import boot_seconds
from tasks.quiet_hours import hours_margin
from tasks.spans import tell_claimed
from tasks.uncut import uncut

CLAIM_SECONDS = 0.5
"""How much work one claim takes at the current rate."""
MOST_IN_A_CLAIM = 500
DISPATCHES_AHEAD = 2
"""Claims of one chunk under way at once; more would only grow old in memory when Twilio is slow."""


@dataclass(slots=True)
class ChunkTally:
    """What a chunk did: messages it took, and how they were recorded. `exhausted` when nothing more was due."""

    taken: int = 0
    set_aside: int = 0
    exhausted: bool = False
    results: Counter[str] = field(default_factory=Counter)

    def count(self, claim: Claim) -> None:
        """Adds what a claim took; one that took nothing says that nothing more is due."""
        self.taken += len(claim.messages)
        self.set_aside += claim.set_aside
        self.exhausted = not claim.messages and not claim.set_aside


async def send_chunk(equipment: Equipment, run: Run, *, template: Template, sender: str, most: int) -> ChunkTally:
    """Sends up to `most` due messages of the run, at the lowest rate of its budgets.

    Any number of chunks may run at once, on any number of machines: each claims what no other holds.
    Raises `NoAccount` before anything is claimed.
    """
    twilio = await equipment.twilio_for(run.organization_id)
    tally = ChunkTally()
    segments_each = 1.0
    ahead = asyncio.Semaphore(DISPATCHES_AHEAD)
    granted: set[Dispatch] = set()
    try:
        async with asyncio.TaskGroup() as group:
            while tally.taken < most and not tally.exhausted:
                await ahead.acquire()
                size = min(most - tally.taken, await _claim_size(equipment, run, segments_each))
                if size == 0:
                    tally.exhausted = True
                    break
                dispatch = await _take(equipment, run, twilio=twilio, template=template, sender=sender, most=size)
                tally.count(dispatch.claim)
                grant = await _grant_or_give_back(equipment, run, dispatch) if dispatch.claim.messages else None
                if grant is None:
                    ahead.release()
                    continue
                segments_each = dispatch.claim.segments / len(dispatch.claim.messages)
                granted.add(dispatch)
                group.create_task(_follow(dispatch, grant, tally=tally, ahead=ahead, granted=granted))
    finally:
        for never_begun in granted:  # a task that is cancelled before its first step does not run at all
            await uncut(never_begun.give_back())
    return tally


async def _take(
    equipment: Equipment, run: Run, *, twilio: TwilioMessages, template: Template, sender: str, most: int
) -> Dispatch:
    """Claims, and gives back at once when told to stop in the middle of it."""
    last_begin = boot_seconds() + _sendable_seconds(equipment)
    taken, told_to_stop = await uncut(_claim(equipment, run, template=template, most=most))
    dispatch = Dispatch(equipment, twilio=twilio, run=run, sender=sender, claim=taken, last_begin=last_begin)
    if told_to_stop:
        await uncut(dispatch.give_back())
        raise asyncio.CancelledError
    return dispatch


async def _follow(
    dispatch: Dispatch, grant: Grant, *, tally: ChunkTally, ahead: asyncio.Semaphore, granted: set[Dispatch]
) -> None:
    granted.discard(dispatch)
    try:
        tally.results += await dispatch.run(grant)
    finally:
        ahead.release()


async def _claim_size(equipment: Equipment, run: Run, segments_each: float) -> int:
    """How many messages make half a second's work; none while Twilio said to wait."""
    keys = budget_keys(sender_id=run.sender_id, run_id=run.id)
    async with equipment.engine.connect() as connection:
        budgets = await standings(connection, keys)
    if any(budget.closed_for for budget in budgets):
        return 0
    rate = min((budget.segments_per_second for budget in budgets), default=inf)
    if not isfinite(rate):
        return MOST_IN_A_CLAIM
    return max(1, min(MOST_IN_A_CLAIM, int(rate * CLAIM_SECONDS / segments_each)))


def _sendable_seconds(equipment: Equipment) -> float:
    """How long after a claim a request may still begin, so that it ends within the lease."""
    settings = equipment.settings
    return settings.tidings_lease_seconds - settings.tidings_request_seconds


async def _claim(equipment: Equipment, run: Run, *, template: Template, most: int) -> Claim:
    began = time_ns()
    async with equipment.engine.begin() as connection:
        taken = await claim(
            connection,
            run.id,
            template=template,
            most=most,
            lease=equipment.settings.tidings_lease_seconds,
            now=equipment.clock(),
            hours_margin=hours_margin(equipment.settings),
        )
    tell_claimed(taken.messages, run=run, began=began)
    return taken


async def _grant_or_give_back(equipment: Equipment, run: Run, dispatch: Dispatch) -> Grant | None:
    try:
        grant = await _grant(equipment, run, units=dispatch.claim.segments)
    except BaseException:
        await uncut(dispatch.give_back())
        raise
    if grant is None:
        await uncut(dispatch.give_back())
    return grant


async def _grant(equipment: Equipment, run: Run, *, units: int) -> Grant | None:
    """Waits for its turn; None when Twilio said to wait, for that may outlast the lease."""
    keys = budget_keys(sender_id=run.sender_id, run_id=run.id)
    while True:
        async with equipment.engine.begin() as connection:
            answer = await reserve(connection, keys, units=units, urgency=run.urgency)
        if isinstance(answer, Grant):
            return answer
        if answer.closed:
            return None
        await asyncio.sleep(answer.seconds)
