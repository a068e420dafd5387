"""The standing runs of reminder rules: as direct messages have theirs, one for each version of a rule's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.reminders.definition import ReminderRules
from models.budgets import SENDER_BUDGET
from models.columns import new_id
from models.reminders.store import load_rules
from models.reminders.tables import Occasion

_DUE = text("""
    SELECT due.organization_id, due.rule, due.occasion, due.reminders, s.id AS sender_id, s.address, (
        SELECT r.id FROM reminder_rules v
        JOIN campaigns c ON c.organization_id = v.organization_id AND c.standing AND c.kind = 'transactional'
            AND c.reminder_rule = due.reminder_rule AND c.reminder_version = v.version
        JOIN campaign_runs r ON r.campaign_id = c.id AND r.sender_id = s.id
        WHERE v.organization_id = due.organization_id) AS run_id
    FROM (
        SELECT organization_id, rule, occasion, count(*) AS reminders,
            CASE occasion WHEN 'reminder' THEN rule ELSE rule || '/' || occasion END AS reminder_rule
        FROM reminders WHERE state = 'waiting' AND plan_at <= :until AND send_before > :now
        GROUP BY organization_id, rule, occasion
    ) due
    LEFT JOIN LATERAL (
        SELECT id, address FROM senders
        WHERE organization_id = due.organization_id AND purpose = 'transactional' AND channel = 'sms'
            AND state <> 'retired'
        ORDER BY id LIMIT 1
    ) s ON true
    ORDER BY due.organization_id, due.rule, due.occasion
""")

_MAKE_CAMPAIGN = text("""
    INSERT INTO campaigns (id, organization_id, name, kind, body, standing, reminder_rule, reminder_version,
                           created_at)
    VALUES (:id, :organization_id, :name, 'transactional', :body, true, :reminder_rule, :version, :now)
    ON CONFLICT (organization_id, kind, reminder_rule, reminder_version) WHERE standing DO NOTHING
""")

_MAKE_RUN = text("""
    INSERT INTO campaign_runs (id, organization_id, campaign_id, occurrence, sender_id, state, planned_at,
                               created_at)
    SELECT :id, c.organization_id, c.id, CAST(:sender_id AS text), :sender_id, 'sending', :now, :now
    FROM campaigns c
    WHERE c.organization_id = :organization_id AND c.kind = 'transactional' AND c.standing
        AND c.reminder_rule = :reminder_rule AND c.reminder_version = :version
    ON CONFLICT (campaign_id, occurrence) DO UPDATE SET occurrence = EXCLUDED.occurrence
    RETURNING id
""")
"""Whoever makes the same at this moment is waited for; both then find one."""


@dataclass(frozen=True, slots=True)
class DueRule:
    """A rule of which something is due now; without a sender or a run, it cannot become messages."""

    organization_id: UUID
    rule: str
    occasion: Occasion
    reminders: int
    sender_id: UUID | None
    address: str | None
    run_id: UUID | None


async def due_rules(connection: AsyncConnection, *, now: datetime, until: datetime) -> Sequence[DueRule]:
    """The rules of which reminders are due by `until`, each with its standing run, made when it is the first.

    One that is no longer among its organization's rules has none; its reminders become obsolete.
    """
    found = [DueRule(**row) for row in (await connection.execute(_DUE, {"now": now, "until": until})).mappings()]
    return [
        await _with_run(connection, due, now=now) if due.sender_id and not due.run_id else due for due in found
    ]


async def _with_run(connection: AsyncConnection, due: DueRule, *, now: datetime) -> DueRule:
    stored = await load_rules(connection, due.organization_id)
    body = _text_of(stored.rules, due) if stored else None
    if stored is None or body is None:
        return due
    is_reminder = due.occasion == Occasion.REMINDER
    values = {
        "organization_id": due.organization_id,
        "name": f"reminder {due.rule}",
        "body": body,
        "reminder_rule": due.rule if is_reminder else f"{due.rule}/{due.occasion}",
        "version": stored.version,
        "sender_id": due.sender_id,
        "now": now,
    }
    await connection.execute(_MAKE_CAMPAIGN, {**values, "id": new_id()})
    run_id = (await connection.execute(_MAKE_RUN, {**values, "id": new_id()})).scalar_one()
    await connection.execute(SENDER_BUDGET, values)
    return DueRule(due.organization_id, due.rule, due.occasion, due.reminders, due.sender_id, due.address, run_id)


def _text_of(rules: ReminderRules, due: DueRule) -> str | None:
    rule = rules.rules.get(due.rule)
    if rule is None or due.occasion == Occasion.REMINDER:
        return rule.text if rule else None
    return rule.on_cancel.text if rule.on_cancel else None
