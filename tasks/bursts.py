"""Pauses a campaign in which many requests end alike: each flow run judges by what it sends itself."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from time import monotonic

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.bursts import cause_of
from messaging.outcomes import Stage
from models.campaigns.runs import Run
from models.consequences import Alarm, pause_for_burst
from models.messages.results import Returned
from tasks.equipment import Equipment
from tasks.findings import Finding


def count_ends(equipment: Equipment, findings: Sequence[Finding], *, run: Run) -> None:
    """Counts what requests ended with; what goes back to planned has not ended."""
    ends = Counter(
        cause_of(finding.outcome, Stage.REQUEST)
        for finding in findings
        if finding.outcome is not None and not isinstance(finding.result, Returned)
    )
    if ends:
        equipment.bursts.add(run.id, ends, at=monotonic())


async def pause_burst(
    connection: AsyncConnection, equipment: Equipment, *, run: Run, now: datetime
) -> list[Alarm]:
    """Pauses the run, or its sender, when there is a burst now; call `forget_burst` once that is committed."""
    burst = equipment.bursts.burst(run.id)
    if burst is None:
        return []
    return await pause_for_burst(connection, burst, run_id=run.id, sender_id=run.sender_id, now=now)


def forget_burst(equipment: Equipment, *, run: Run) -> None:
    """Begins to count anew after a burst."""
    if equipment.bursts.burst(run.id) is not None:
        equipment.bursts.forget(run.id)
