"""Takes up what was left lying: runs that nobody plans, sends or completes. The only recovery there is."""

from dataclasses import dataclass

import structlog

from models.campaigns.tending import LeftLying, left_lying, worked_off
from models.exclusive import Duty, exclusive
from models.messages.overdue import expire_overdue
from tasks.cancellation import pause_if_canceled_before_it_began
from tasks.direct_waking import wake_direct
from tasks.equipment import Equipment
from tasks.finish import complete_run
from tasks.flow_run_starts import one_is_coming, start_campaign, start_sending
from tasks.replay import replay_webhooks

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class RecoveryTally:
    """What one recovery did: messages expired, webhooks handled, runs that go on, runs completed."""

    busy: bool = False
    expired: int = 0
    webhooks: int = 0
    taken_up: int = 0
    completed: int = 0


async def recover(tools: Equipment) -> RecoveryTally:
    """One look at everything; another process that looks at this moment ends at once, `busy`."""
    async with exclusive(tools.engine, Duty.RECOVERY) as alone:
        tally = RecoveryTally(busy=not alone)
        if not alone:
            return tally
        async with tools.engine.begin() as connection:
            tally.expired = await expire_overdue(connection, now=tools.clock())
        tally.webhooks = await replay_webhooks(tools)
        tally.taken_up = await _take_up(tools) + await wake_direct(tools, name="taken up by the sweep")
        tally.completed = await _complete(tools)
    return tally


async def _take_up(tools: Equipment) -> int:
    patience = tools.settings.tidings_lease_seconds
    async with tools.engine.connect() as connection:
        runs = await left_lying(connection, now=tools.clock(), patience=patience)
    taken_up = 0
    for run in runs:
        if await pause_if_canceled_before_it_began(tools, run.id):
            continue
        if not await one_is_coming(run.id):
            await _start(run)
            taken_up += 1
    return taken_up


async def _start(run: LeftLying) -> None:
    _log.warning("run_left_lying", run_id=str(run.id), is_planned=run.is_planned)
    if run.is_planned:
        await start_sending(run.id, name="taken up by the sweep")
        return
    await start_campaign(
        run.id, campaign_id=run.campaign_id, occurrence=run.occurrence, name="taken up by the sweep"
    )


async def _complete(tools: Equipment) -> int:
    async with tools.engine.connect() as connection:
        runs = await worked_off(connection)
    return sum([await complete_run(tools, run_id) for run_id in runs])
