"""Raises an alert once for each time that a rate is too high, and ends it when the rate has fallen."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.alert_rules import AlertRule
from messaging.outcomes import Scope
from models.alerts.counting import count_ends
from models.alerts.judging import Finding, judge
from models.alerts.rules import load_rules
from models.campaigns.timeline import Actor
from models.events.kinds import EventKind
from models.events.note import Json, note
from models.pauses import Pause, pause

CALM = timedelta(minutes=5)
"""How long a rate must have been below before its alert ends, so that one at the threshold is not told again
and again."""
_LOCK = 4_410_772_093_118
"""Any fixed number: PostgreSQL's advisory lock of whoever checks."""

_TAKE_TURN = text("SELECT pg_try_advisory_xact_lock(:lock)")

_END = text("""
    UPDATE alerts SET ended_at = :now WHERE ended_at IS NULL AND seen_at < CAST(:now AS timestamptz) - :calm
    RETURNING id, kind, organization_id, sender_id, campaign_run_id
""")

_SEEN = text("""
    UPDATE alerts SET seen_at = :now
    WHERE ended_at IS NULL AND subject_id = :subject_id AND kind = :kind RETURNING id
""")

_RAISE = text("""
    INSERT INTO alerts (organization_id, kind, subject_id, sender_id, campaign_run_id, counted, total,
                        threshold, window_seconds, paused, raised_at, seen_at)
    VALUES (:organization_id, :kind, :subject_id, :sender_id, :run_id, :counted, :total,
            :threshold, :window_seconds, :paused, :now, :now)
    RETURNING id
""")


async def check_rates(connection: AsyncConnection, rule: AlertRule, *, now: datetime) -> int:
    """Looks at all campaigns and senders, in the caller's transaction; returns how many alerts are new.

    `rule` is that of the settings; an organization's policy may change it, and a campaign's file that. A campaign
    whose rule says so is paused with its alert; one that a person resumes is not paused again while that alert is
    open. Another process that checks at this moment leaves nothing to do.
    """
    if not (await connection.execute(_TAKE_TURN, {"lock": _LOCK})).scalar_one():
        return 0
    rules = await load_rules(connection, rule)
    findings = judge(await count_ends(connection, rules, now=now), rules)
    new = [finding for finding in findings if not await _is_open(connection, finding, now=now)]
    await _raise(connection, new, now=now)
    await _end(connection, now=now)
    return len(new)


async def _is_open(connection: AsyncConnection, finding: Finding, *, now: datetime) -> bool:
    asked = {"subject_id": finding.subject_id, "kind": finding.kind.value, "now": now}
    return (await connection.execute(_SEEN, asked)).scalar_one_or_none() is not None


async def _raise(connection: AsyncConnection, findings: Sequence[Finding], *, now: datetime) -> None:
    for finding in findings:
        paused = await _pause(connection, finding, now=now)
        made = await connection.execute(_RAISE, {**finding.columns(), "paused": paused, "now": now})
        await _note(connection, finding, alert_id=made.scalar_one(), now=now)


async def _end(connection: AsyncConnection, *, now: datetime) -> None:
    for ended in (await connection.execute(_END, {"now": now, "calm": CALM})).mappings().all():
        subject = _subject(ended["id"], ended["kind"], ended["sender_id"], ended["campaign_run_id"])
        owner = ended["organization_id"]
        await note(connection, organization_id=owner, kind=EventKind.ALERT_ENDED, subject=subject, now=now)


async def _note(connection: AsyncConnection, finding: Finding, *, alert_id: int, now: datetime) -> None:
    subject = _subject(alert_id, finding.kind.value, finding.sender_id, finding.run_id)
    owner = finding.organization_id
    await note(connection, organization_id=owner, kind=EventKind.ALERT_RAISED, subject=subject, now=now)


def _subject(alert_id: int, kind: str, sender_id: UUID, run_id: UUID | None) -> dict[str, Json]:
    return {
        "alert_id": alert_id,
        "alert": kind,
        "sender_id": str(sender_id),
        "campaign_run_id": str(run_id) if run_id else None,
    }


async def _pause(connection: AsyncConnection, finding: Finding, *, now: datetime) -> bool:
    if finding.run_id is None or not finding.rule.pause:
        return False
    cause = Pause(Scope.CAMPAIGN, finding.reason, None, actor=Actor.SYSTEM)
    return await pause(connection, cause, run_id=finding.run_id, sender_id=finding.sender_id, now=now)
