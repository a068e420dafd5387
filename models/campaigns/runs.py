"""The runs of a campaign: found or made once for each occurrence, and moved from state to state."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.campaigns.tables import Campaign, RunState
from models.columns import new_id
from models.pacing import Urgency
from models.senders import SenderState, sender_for


@dataclass(frozen=True, slots=True)
class Run:
    """What the steps of a campaign need to know of its run."""

    id: UUID
    campaign_id: UUID
    organization_id: UUID
    sender_id: UUID
    occurrence: str
    state: RunState
    state_reason: str | None
    planned_at: datetime | None
    sender_state: SenderState
    sender_reason: str | None
    urgency: Urgency = Urgency.BULK
    """Whose messages its own go ahead of on a shared sender."""

    @property
    def stopped_because(self) -> str | None:
        """Why nothing of the run may be sent now, in a sentence; None when it may."""
        if self.state == RunState.PAUSED:
            return self.state_reason or "paused by a person"
        if self.state == RunState.CANCELED:
            return self.state_reason or "canceled"
        return (self.sender_reason or "its sender is paused") if self.sender_state != SenderState.ACTIVE else None


_MAKE = text("""
    INSERT INTO campaign_runs (id, organization_id, campaign_id, occurrence, sender_id, state, created_at)
    VALUES (:id, :organization_id, :campaign_id, :occurrence, :sender_id, :state, :now)
    ON CONFLICT (campaign_id, occurrence) DO NOTHING
""")

_RUNS = """
    SELECT r.id, r.campaign_id, r.organization_id, r.sender_id, r.occurrence,
        r.state, r.state_reason, r.planned_at,
        s.state AS sender_state, s.state_reason AS sender_reason,
        CASE WHEN c.reminder_rule <> '' THEN 'reminder' ELSE c.priority END AS urgency
    FROM campaign_runs r JOIN senders s ON s.id = r.sender_id JOIN campaigns c ON c.id = r.campaign_id
"""
_FIND = text(f"{_RUNS} WHERE r.campaign_id = :campaign_id AND r.occurrence = :occurrence")
_LOAD = text(f"{_RUNS} WHERE r.id = :id")

_BUDGETS = text("""
    INSERT INTO budgets (key, rate, free_at)
    SELECT 'sender:' || s.id, s.rate, clock_timestamp() FROM senders s WHERE s.id = :sender_id
    UNION ALL
    SELECT 'run:' || :run_id, :rate, clock_timestamp() WHERE CAST(:rate AS double precision) IS NOT NULL
    ON CONFLICT (key) DO UPDATE SET rate = EXCLUDED.rate
""")

_MOVE = text("""
    UPDATE campaign_runs
    SET state = :state, state_reason = :reason,
        finished_at = CASE WHEN :state IN ('finished', 'canceled') THEN CAST(:now AS timestamptz) END
    WHERE id = :id AND state = ANY(:from_states)
""")


async def ensure_run(
    connection: AsyncConnection,
    campaign: Campaign,
    *,
    occurrence: str,
    now: datetime,
    state: RunState = RunState.PLANNING,
) -> Run:
    """The run of this occurrence, made now, in `state`, if there is none; asking again gives the same run.

    Its sender is the organization's for the campaign's kind. Raises `NoSender` when there is none.
    """
    sender = await sender_for(connection, organization_id=campaign.organization_id, purpose=campaign.kind)
    values = {
        "id": new_id(),
        "organization_id": campaign.organization_id,
        "campaign_id": campaign.id,
        "occurrence": occurrence,
        "sender_id": sender.id,
        "state": state.value,
        "now": now,
    }
    await connection.execute(_MAKE, values)
    found = (await connection.execute(_FIND, values)).one()
    run = _run(found)
    budgets = {"sender_id": run.sender_id, "run_id": str(run.id), "rate": campaign.rate}
    await connection.execute(_BUDGETS, budgets)
    return run


async def load_run(connection: AsyncConnection, run_id: UUID) -> Run:
    """The run as it stands now. Raises `sqlalchemy.exc.NoResultFound` when there is none."""
    return _run((await connection.execute(_LOAD, {"id": run_id})).one())


def _run(row: Row[Any]) -> Run:
    values = row._asdict()
    values.update(
        state=RunState(row.state), sender_state=SenderState(row.sender_state), urgency=Urgency(row.urgency)
    )
    return Run(**values)


async def move_run(
    connection: AsyncConnection,
    run_id: UUID,
    *,
    to: RunState,
    only_from: tuple[RunState, ...],
    now: datetime,
    reason: str | None = None,
) -> bool:
    """Changes the run's state if it is in one of `only_from`; says whether it was."""
    values = {"id": run_id, "state": to.value, "reason": reason, "now": now, "from_states": list(only_from)}
    return (await connection.execute(_MOVE, values)).rowcount == 1
