"""The runs of a campaign: found or made once for each occurrence, and moved from state to state."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from models.campaigns.tables import Campaign, RunState
from models.columns import new_id


class NoSender(TidingsError):
    """The organization has no Messaging Service for this kind of message."""


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


_SENDER_FOR = text("""
    SELECT id FROM senders
    WHERE organization_id = :organization_id AND purpose = :kind AND state <> 'retired'
    ORDER BY id LIMIT 1
""")

_MAKE = text("""
    INSERT INTO campaign_runs (id, organization_id, campaign_id, occurrence, sender_id, state, created_at)
    VALUES (:id, :organization_id, :campaign_id, :occurrence, :sender_id, 'planning', :now)
    ON CONFLICT (campaign_id, occurrence) DO NOTHING
""")

_COLUMNS = "id, campaign_id, organization_id, sender_id, occurrence, state, state_reason, planned_at"

_FIND = text(f"SELECT {_COLUMNS} FROM campaign_runs WHERE campaign_id = :campaign_id AND occurrence = :occurrence")  # noqa: S608 (our own text)

_LOAD = text(f"SELECT {_COLUMNS} FROM campaign_runs WHERE id = :id")  # noqa: S608 (our own text)

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


async def ensure_run(connection: AsyncConnection, campaign: Campaign, *, occurrence: str, now: datetime) -> Run:
    """The run of this occurrence, made now if there is none; asking again gives the same run.

    Its sender is the organization's for the campaign's kind, so that marketing never takes the transactional
    one. Raises `NoSender` when there is none.
    """
    sender = {"organization_id": campaign.organization_id, "kind": campaign.kind}
    sender_id = (await connection.execute(_SENDER_FOR, sender)).scalar_one_or_none()
    if sender_id is None:
        setting = f"TWILIO_MESSAGING_SERVICE_{campaign.kind.upper()}"
        raise NoSender(
            f"There is no Messaging Service for {campaign.kind} messages; set {setting} and start again."
        )
    values = {
        "id": new_id(),
        "organization_id": campaign.organization_id,
        "campaign_id": campaign.id,
        "occurrence": occurrence,
        "sender_id": sender_id,
        "now": now,
    }
    await connection.execute(_MAKE, values)
    found = (await connection.execute(_FIND, values)).one()
    run = Run(**found._asdict())
    budgets = {"sender_id": run.sender_id, "run_id": str(run.id), "rate": campaign.rate}
    await connection.execute(_BUDGETS, budgets)
    return run


async def load_run(connection: AsyncConnection, run_id: UUID) -> Run:
    """The run as it stands now. Raises `sqlalchemy.exc.NoResultFound` when there is none."""
    return Run(**(await connection.execute(_LOAD, {"id": run_id})).one()._asdict())


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
