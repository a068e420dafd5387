"""Freezes a campaign's audience into message rows, with one statement, once for each run."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.campaigns.audience import JOINED, LASTING_REFUSAL, WANTED, audience_values
from models.campaigns.runs import Run
from models.campaigns.tables import Campaign, RunState
from models.campaigns.timeline import Actor, Event, What, note
from models.caps.foreseen import skip_over_cap
from models.policy.quiet_hours_section import hours_of
from models.policy.store import load_policy
from models.quiet_hours.held import held_by_opening, in_words
from models.quiet_hours.judging import QUIET_HOURS
from models.quiet_hours.openings import OPENING, Openings, openings
from models.senders import MessageType

_LOCK = text("SELECT planned_at, state FROM campaign_runs WHERE id = :run_id FOR UPDATE")

_NOT_YET = (RunState.SCHEDULED, RunState.PLANNING)
"""A run that was paused or canceled before it began stays unplanned."""

_REASON = f"""
    COALESCE({LASTING_REFUSAL}, CASE WHEN h.opens_at >= :send_before THEN '{QUIET_HOURS}' END)
"""

_PLAN = text(f"""
    INSERT INTO messages (
        organization_id, direction, state, skip_reason, phone, country, channel, message_type, topic, sensitive,
        contact_id, sender_id, campaign_run_id, dedupe_key, send_after, send_before, held_for, created_at,
        updated_at)
    SELECT
        ct.organization_id, 'outbound',
        CASE WHEN {_REASON} IS NULL THEN 'planned' ELSE 'skipped' END::message_state, {_REASON},
        ct.phone, ct.country, m.channel, m.message_type, m.topic, :sensitive, ct.id, :sender_id, :run_id,
        substr(sha256(convert_to(concat_ws('|', 'campaign', :run_id, ct.phone, 1, 1), 'UTF8')), 1, 16),
        CASE WHEN h.opens_at < :send_before THEN h.opens_at ELSE :send_after END, :send_before,
        CASE WHEN h.opens_at > :send_after THEN '{QUIET_HOURS}' END, :now, :now
    {JOINED}
    {OPENING}
    {WANTED}
    ON CONFLICT (organization_id, dedupe_key) DO NOTHING
""")
"""The dedupe key hashes run, recipient, step and attempt; a campaign has one step, and this is attempt 1."""

_PLANNED = text("""
    UPDATE campaign_runs SET planned_at = :now, send_before = :send_before, state = 'sending' WHERE id = :run_id
""")


async def plan(
    connection: AsyncConnection,
    campaign: Campaign,
    run: Run,
    *,
    now: datetime,
    window: timedelta,
    keeps_hours: bool = False,
) -> int | None:
    """Writes one row for everyone in the audience: `planned`, or `skipped` with its reason.

    Whose text waits for a decision is planned: the claim holds them until someone has decided.

    Messages may leave from the later of now and the campaign's `send_at`, or with `keeps_hours` from the next
    allowed hour of each place after it; until its `send_before`, or else for `window` after the last of these.
    Returns the number of rows written, or None when this run had been planned before (the audience stays as it was
    frozen) or was stopped before it began.
    """
    locked = (await connection.execute(_LOCK, {"run_id": run.id})).one()
    if locked.planned_at is not None or locked.state not in _NOT_YET:
        return None
    policy = await load_policy(connection, campaign.organization_id)
    send_after = max(now, campaign.send_at) if campaign.send_at else now
    audience = audience_values(campaign, policy, now=send_after)
    hours = hours_of(policy.quiet_hours)
    is_bound = keeps_hours and campaign.kind in hours.applies_to
    opening = await openings(connection, hours, audience, at=send_after) if is_bound else Openings()
    values = {
        **audience,
        **opening.values,
        "sender_id": run.sender_id,
        "sensitive": campaign.sensitive,
        "run_id": run.id,
        "send_after": send_after,
        "send_before": campaign.send_before or (opening.latest or send_after) + window,
        "now": now,
    }
    written = await connection.execute(_PLAN, values)
    if campaign.kind == MessageType.MARKETING:
        await skip_over_cap(
            connection, run.id, policy.caps, organization_id=campaign.organization_id, at=send_after
        )
    await connection.execute(_PLANNED, values)
    detail = {"audience": written.rowcount, "send_before": values["send_before"].isoformat()}
    why = await _who_waits(connection, run, opening, now=send_after) if opening.by_place else None
    await note(connection, run.id, Event(What.PLANNED, Actor.SYSTEM, at=now, why=why, detail=detail))
    return written.rowcount


async def _who_waits(connection: AsyncConnection, run: Run, opening: Openings, *, now: datetime) -> str | None:
    groups = await held_by_opening(connection, run.id, opening.by_place, now=now)
    return f"quiet hours: {in_words(groups, now=now)}" if groups else None
