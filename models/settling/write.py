"""Writes what was decided: SIDs by the same door as callbacks, and the evidence beside every decision."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.callbacks import CallbackRef
from messaging.statuses import MessageState
from messaging.twilio_history import SentMessage
from models.messages.secrets import STANDS_FOR
from models.messages.status_reports import StatusReport, outbound_status
from models.messages.statuses import apply_statuses
from models.settling.evidence import evidence_of
from models.settling.numbers import Doubt
from models.settling.replan import replan
from models.settling.rules import Adopt, AskPerson, Decision, Replan, WaitMore
from models.settling.tables import Verdict

SETTLER = "settler"

_KEEP = text("""
    INSERT INTO settlements (message_id, claim_id, verdict, evidence, looked_at, look_again_at, decided_by)
    SELECT s.message_id, s.claim_id, s.verdict, CAST(s.evidence AS jsonb), clock_timestamp(), s.look_again_at,
        :decided_by
    FROM unnest(CAST(:ids AS bigint[]), CAST(:claims AS uuid[]), CAST(:verdicts AS text[]),
                CAST(:evidence AS text[]), CAST(:again AS timestamptz[]))
        AS s(message_id, claim_id, verdict, evidence, look_again_at)
    ON CONFLICT (message_id, claim_id) DO UPDATE
    SET verdict = EXCLUDED.verdict, looked_at = EXCLUDED.looked_at, look_again_at = EXCLUDED.look_again_at,
        decided_by = EXCLUDED.decided_by,
        evidence = CASE WHEN EXCLUDED.evidence = '[]' THEN settlements.evidence ELSE EXCLUDED.evidence END
""")


async def write_decisions(
    connection: AsyncConnection,
    decisions: Sequence[tuple[Doubt, Decision]],
    *,
    account_sid: str,
    now: datetime,
    decided_by: str = SETTLER,
) -> Counter[str]:
    """Carries decisions out in the transaction that locked the rows; returns how many of each verdict."""
    adopted = [(doubt, one.message) for doubt, one in decisions if isinstance(one, Adopt)]
    if adopted:
        reports = [_report(doubt, message, account_sid=account_sid) for doubt, message in adopted]
        await apply_statuses(connection, reports, now=now)
    unsent = [doubt.id for doubt, one in decisions if isinstance(one, Replan)]
    if unsent:
        await replan(connection, unsent, now=now)
    await _keep(connection, decisions, decided_by=decided_by)
    return Counter(verdict_of(decision).value for _, decision in decisions)


def verdict_of(decision: Decision) -> Verdict:
    """The word for a decision."""
    if isinstance(decision, Adopt):
        return Verdict.ADOPTED
    if isinstance(decision, Replan):
        return Verdict.RESENT
    return Verdict.REVIEW if isinstance(decision, AskPerson) else Verdict.WAITING


def _report(doubt: Doubt, message: SentMessage, *, account_sid: str) -> StatusReport:
    """What a callback with our id would have said."""
    return StatusReport(
        twilio_sid=message.sid,
        status=outbound_status(message.status) or MessageState.ACCEPTED,
        account_sid=account_sid,
        error_code=message.error_code,
        message_ref=CallbackRef(message_id=doubt.id, attempt=doubt.attempt),
    )


async def _keep(
    connection: AsyncConnection, decisions: Sequence[tuple[Doubt, Decision]], *, decided_by: str
) -> None:
    if not decisions:
        return
    values = {
        "ids": [doubt.id for doubt, _ in decisions],
        "claims": [doubt.claim_id for doubt, _ in decisions],
        "verdicts": [verdict_of(decision).value for _, decision in decisions],
        "evidence": [json.dumps(evidence_of(_seen(doubt, decision))) for doubt, decision in decisions],
        "again": [_again(decision) for _, decision in decisions],
        "decided_by": decided_by,
    }
    await connection.execute(_KEEP, values)


def _seen(doubt: Doubt, decision: Decision) -> Sequence[SentMessage]:
    seen = [decision.message] if isinstance(decision, Adopt) else []
    if isinstance(decision, AskPerson):
        seen = list(decision.evidence)
    return [replace(one, body=STANDS_FOR) for one in seen] if doubt.sensitive else seen


def _again(decision: Decision) -> datetime | None:
    if isinstance(decision, WaitMore):
        return decision.until
    return decision.again_at if isinstance(decision, AskPerson) else None
