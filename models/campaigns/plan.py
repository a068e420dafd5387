"""Freezes a campaign's audience into message rows, with one statement, once for each run."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.campaigns.audience import AUDIENCE, REFUSAL, audience_values
from models.campaigns.runs import Run
from models.campaigns.tables import Campaign, RunState
from models.campaigns.timeline import Actor, Event, What, note
from models.caps.foreseen import skip_over_cap
from models.policy.store import load_policy
from models.senders import MessageType

_LOCK = text("SELECT planned_at, state FROM campaign_runs WHERE id = :run_id FOR UPDATE")

_NOT_YET = (RunState.SCHEDULED, RunState.PLANNING)
"""A run that was paused or canceled before it began stays unplanned."""

_PLAN = text(f"""
    INSERT INTO messages (
        organization_id, direction, state, skip_reason, phone, country, channel, message_type, topic, contact_id,
        sender_id, campaign_run_id, dedupe_key, send_after, send_before, created_at, updated_at)
    SELECT
        ct.organization_id, 'outbound',
        CASE WHEN COALESCE({REFUSAL}, 'in_review') = 'in_review' THEN 'planned' ELSE 'skipped' END::message_state,
        NULLIF({REFUSAL}, 'in_review'),
        ct.phone, ct.country, m.channel, m.message_type, m.topic, ct.id, :sender_id, :run_id,
        substr(sha256(convert_to(concat_ws('|', 'campaign', :run_id, ct.phone, 1, 1), 'UTF8')), 1, 16),
        :send_after, :send_before, :now, :now
    {AUDIENCE}
    ON CONFLICT (organization_id, dedupe_key) DO NOTHING
""")
"""The dedupe key hashes run, recipient, step and attempt; a campaign has one step, and this is attempt 1."""

_PLANNED = text("""
    UPDATE campaign_runs SET planned_at = :now, send_before = :send_before, state = 'sending' WHERE id = :run_id
""")


async def plan(
    connection: AsyncConnection, campaign: Campaign, run: Run, *, now: datetime, window: timedelta
) -> int | None:
    """Writes one row for everyone in the audience: `planned`, or `skipped` with its reason.

    Whose text waits for a decision is planned: the claim holds them until someone has decided.

    Messages may leave from the later of now and the campaign's `send_at`, until its `send_before` or else for
    `window` after that. Returns the number of rows written, or None when this run had been planned before (the
    audience stays as it was frozen) or was stopped before it began.
    """
    locked = (await connection.execute(_LOCK, {"run_id": run.id})).one()
    if locked.planned_at is not None or locked.state not in _NOT_YET:
        return None
    policy = await load_policy(connection, campaign.organization_id)
    send_after = max(now, campaign.send_at) if campaign.send_at else now
    values = {
        **audience_values(campaign, policy, now=send_after),
        "sender_id": run.sender_id,
        "run_id": run.id,
        "send_after": send_after,
        "send_before": campaign.send_before or send_after + window,
        "now": now,
    }
    written = await connection.execute(_PLAN, values)
    if campaign.kind == MessageType.MARKETING:
        await skip_over_cap(
            connection, run.id, policy.caps, organization_id=campaign.organization_id, at=send_after
        )
    await connection.execute(_PLANNED, values)
    detail = {"audience": written.rowcount, "send_before": values["send_before"].isoformat()}
    await note(connection, run.id, Event(What.PLANNED, Actor.SYSTEM, at=now, detail=detail))
    return written.rowcount
