"""What an outcome means beyond its own message: an opt-out, a pause, something for a person to see."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.outcomes import Outcome, OutcomeClass, Scope
from models.campaigns.runs import Run
from models.consent.opt_out import opt_out
from models.consent.tables import ConsentMethod
from models.pauses import Pause, pause, report_unknown_code
from tasks.findings import Finding, pauses

_log = structlog.get_logger(__name__)


async def apply_consequences(
    connection: AsyncConnection, findings: Sequence[Finding], *, run: Run, now: datetime
) -> None:
    """Carries out, in the transaction that records the findings, whatever follows from them."""
    answered = [(finding, finding.outcome) for finding in findings if finding.outcome is not None]
    await _opt_out(connection, [one for one, outcome in answered if _is_opt_out(outcome)], run=run, now=now)
    causes = {_cause(finding, outcome) for finding, outcome in answered if pauses(outcome)}
    for cause in sorted(causes, key=repr):
        if await pause(connection, cause, run_id=run.id, sender_id=run.sender_id, now=now):
            _log.error(
                "scope_paused", scope=cause.scope, code=cause.code, country=cause.country, run_id=str(run.id)
            )
    for finding, outcome in answered:
        if outcome.kind is OutcomeClass.UNKNOWN_CODE:
            _log.error("unknown_code", code=outcome.code, message_id=finding.message.id)
            await report_unknown_code(
                connection,
                run_id=run.id,
                message_id=finding.message.id,
                code=outcome.code,
                reason=outcome.sentence,
                now=now,
            )


def _is_opt_out(outcome: Outcome) -> bool:
    return outcome.kind is OutcomeClass.OPT_OUT


def _cause(finding: Finding, outcome: Outcome) -> Pause:
    country = finding.message.country if outcome.scope is Scope.COUNTRY else None
    scope = Scope.SENDER if outcome.scope is Scope.COUNTRY and country is None else outcome.scope
    return Pause(scope=scope, reason=outcome.sentence, code=outcome.code, country=country)


async def _opt_out(connection: AsyncConnection, findings: Sequence[Finding], *, run: Run, now: datetime) -> None:
    """Twilio refused because the person had opted out there: they said no, so it counts here too."""
    if not findings:
        return
    await opt_out(
        connection,
        organization_id=run.organization_id,
        phones=[finding.message.phone for finding in findings],
        method=ConsentMethod.CARRIER,
        source="Twilio refused the message: the recipient has opted out there",
        message_sids=[None] * len(findings),
        now=now,
    )
