"""Follows a campaign's rows until there is nothing left to do, or nobody left to do it."""

import asyncio
import math
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from api.prefect_runs import FlowRun
from messaging.statuses import MessageState
from models.campaigns.counts import count_states
from models.campaigns.runs import Run
from models.campaigns.starting import find_run
from models.columns import utc_now
from models.quiet_hours.held import HeldGroup, all_held
from models.settling.unsettled import count_unsettled

POLL_SECONDS = 0.5
POLL_HELD_SECONDS = 5.0
"""Between two looks while all that is left waits for the morning."""
SETTLE_SECONDS = 10.0
"""How long after a pause the messages that workers hold are waited for."""
TAKEN_UP_SECONDS = 240.0
"""How long after a flow run's death the sweep is waited for, since anything of the run last changed."""
UNKNOWN_EXIT = 3
"""Exit status when it is not known of a message whether it was sent."""

_EXCEPTION = re.compile(r"^Flow run encountered an exception: (?:[\w.]+: )?")


@dataclass(frozen=True, slots=True)
class Glance:
    """A run at one moment: None before it began; its messages by state.

    `unsettled` are those with a lost answer that the sweep is to settle, without what waits for a person; `held`
    are those that wait for hours in which their people may be written to.
    """

    run: Run | None
    counts: Counter[str] = field(default_factory=Counter)
    unsettled: int = 0
    held: HeldGroup | None = None

    @property
    def left(self) -> int:
        """Messages that are planned or claimed; those held for later count too."""
        return self.counts[MessageState.PLANNED] + self.claimed

    @property
    def claimed(self) -> int:
        """Messages that a worker holds, on their way to Twilio or back to planned."""
        return self.counts[MessageState.CLAIMED]

    @property
    def is_held(self) -> bool:
        """Whether all that is left waits for allowed hours: nobody need work on it until then."""
        return self.held is not None and self.held.people >= self.left

    @property
    def is_done(self) -> bool:
        """Whether the audience is frozen and nothing of it is planned or claimed any more."""
        return self.run is not None and self.run.planned_at is not None and self.left == 0


@dataclass(frozen=True, slots=True)
class Ending:
    """How watching ended: `problem` is a sentence when messages are left that nobody will send now."""

    last: Glance
    problem: str | None = None

    @property
    def exit_status(self) -> int:
        """0 when all is done, 3 when the fate of a message is unknown, 1 when messages are left."""
        if self.problem is not None:
            return 1
        return UNKNOWN_EXIT if self.last.counts[MessageState.UNKNOWN] else 0


async def watch(
    engine: AsyncEngine,
    *,
    campaign_id: UUID,
    occurrence: str,
    flow_run: Callable[[], Awaitable[FlowRun | None]],
    show: Callable[[Glance], None],
    settling_seconds: float = 0.0,
) -> Ending:
    """Looks at the rows about twice a second, and says how it ended; `show` gets every look.

    `flow_run` tells where the flow run stands. The rows decide: one that was killed is taken up by the sweep; only
    when it failed with a reason, or nothing moves for four minutes, will nobody send the rest. Lost answers are
    settled by the sweep too: it is given `settling_seconds` since anything last changed, while Prefect answers.
    What waits for allowed hours is waited for, however long; the sweep takes it up.
    """
    stopped_at = math.inf
    last, moved_at = Counter[str](), time.monotonic()
    while True:
        began = time.monotonic()
        over = await flow_run()  # before the rows: what it wrote last is then seen
        glance = await look(engine, campaign_id, occurrence=occurrence)
        show(glance)
        if glance.counts != last or glance.is_held:
            last, moved_at = glance.counts, began
        if glance.is_done:
            if not glance.unsettled or over is None or began - moved_at > settling_seconds:
                return Ending(glance)
            await _pause(began, least=POLL_SECONDS)
            continue
        is_over = over is not None and over.is_over
        reason = glance.run.stopped_because if glance.run else None
        stopped_at = min(stopped_at, began) if reason else math.inf
        if reason and (is_over or not glance.claimed or began - stopped_at > SETTLE_SECONDS):
            return Ending(glance, f"The campaign stopped with {_left(glance)}: {_sentence(reason)}")
        is_taken_up = glance.run is not None and began - moved_at <= TAKEN_UP_SECONDS
        if over is not None and is_over and (_has_reason(over) or not is_taken_up):
            return Ending(glance, _abandoned(glance, over))
        await _pause(began, least=POLL_HELD_SECONDS if glance.is_held else POLL_SECONDS)


async def _pause(began: float, *, least: float) -> None:
    """Until the next look: four times as long as this one took, at least."""
    await asyncio.sleep(max(least, 4 * (time.monotonic() - began)))


async def look(engine: AsyncEngine, campaign_id: UUID, *, occurrence: str) -> Glance:
    """The run as it stands now."""
    async with engine.connect() as connection:
        run = await find_run(connection, campaign_id, occurrence=occurrence)
        if run is None:
            return Glance(None)
        counts = await count_states(connection, run.id)
        unsettled = await count_unsettled(connection, run.id) if counts[MessageState.UNKNOWN] else 0
        held = await all_held(connection, run.id, now=utc_now()) if counts[MessageState.PLANNED] else None
        return Glance(run, counts, unsettled, held)


def _has_reason(flow_run: FlowRun) -> bool:
    """Whether it said itself why it ended, as against one whose process was killed or stopped."""
    return flow_run.state_type == "FAILED" and bool(flow_run.message)


def _abandoned(glance: Glance, flow_run: FlowRun) -> str:
    if _has_reason(flow_run):
        return _sentence(_EXCEPTION.sub("", flow_run.message or ""))
    ended = (flow_run.state_type or "ended").lower()
    if glance.run is None or glance.run.planned_at is None:
        return f"The flow run is {ended} and nothing was planned; start the campaign again."
    return f"The flow run is {ended} with {_left(glance)}; start the campaign again to go on."


def _left(glance: Glance) -> str:
    return "1 message left" if glance.left == 1 else f"{glance.left:,} messages left"


def _sentence(reason: str) -> str:
    line = " ".join(reason.split())
    return line if line.endswith((".", "?", "!")) else f"{line}."
