"""Plans the reminders that are due: each one message in the outbox, set-wise, in the transaction that says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.consent.region_rules import ConsentRules
from messaging.reminders.reasons import Reason
from messaging.scheduling import LEAST_AHEAD
from models.consent.refusal import rule_values
from models.reminders.planning_sql import EXPIRED, NOTED, PLAN, SETTLED
from models.reminders.senderless import note_senderless
from models.reminders.standing import DueRule, due_rules

MOST = 20_000
"""Reminders in one transaction: the first of very many leave while the rest are planned."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What one look did: reminders that became messages, were skipped with a reason, came too late, or wait.

    `stuck` are due and wait for a sender that may send them. `more`: as many were due as one look takes.
    """

    planned: int = 0
    skipped: int = 0
    expired: int = 0
    stuck: int = 0
    more: bool = False


async def plan_due(
    connection: AsyncConnection, *, now: datetime, ahead: timedelta = timedelta(), most: int = MOST
) -> Planned:
    """Plans every organization's reminders that are due at business time `now`, `most` at once, the oldest first.

    Several may do so at once, and again: each reminder becomes one message. What is past its use becomes none.
    What is due within `ahead` is planned as well; like all, its message leaves at its time.
    """
    until = now + ahead
    await connection.execute(SETTLED, {"now": now})
    expired = (await connection.execute(EXPIRED, {"now": now, "reason": Reason.PAST_USE.value})).rowcount
    due = await due_rules(connection, now=now, until=until)
    senderless = [rule for rule in due if rule.sender_id is None]
    await note_senderless(connection, {rule.organization_id for rule in senderless}, now=now)
    stuck = sum(rule.reminders for rule in senderless)
    ready = [rule for rule in due if rule.run_id is not None]
    if not ready:
        return Planned(expired=expired, stuck=stuck)
    values = {**_columns(ready), **_terms(now), "until": until, "most": most}
    ids = (await connection.execute(PLAN, values)).scalar_one() or []
    noted = (await connection.execute(NOTED, {"ids": ids, "now": now})).one()
    more = len(ids) >= most and noted.planned + noted.skipped > 0
    return Planned(noted.planned, noted.skipped, expired, stuck, more=more)


def _columns(rules: Sequence[DueRule]) -> dict[str, object]:
    return {
        "organization_ids": [rule.organization_id for rule in rules],
        "rules": [rule.rule for rule in rules],
        "occasions": [rule.occasion for rule in rules],
        "run_ids": [rule.run_id for rule in rules],
        "sender_ids": [rule.sender_id for rule in rules],
        "addresses": [rule.address for rule in rules],
    }


def _terms(now: datetime) -> dict[str, object]:
    """Of the rules of consent, none that an organization can set is about transactional messages."""
    return {**rule_values(ConsentRules(), now=now), "now": now, "kept_by_twilio_from": now + LEAST_AHEAD}
