"""What outcomes of requests mean beyond their own messages: opt-outs, and all that follows from any verdict."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.outcomes import Action, Outcome, OutcomeClass
from models.campaigns.runs import Run
from models.consent.opt_out import opt_out
from models.consent.scope import Scope
from models.consent.tables import ConsentMethod
from models.consequences import Alarm, Sighting, carry_out
from models.messages.carrier_opt_outs import scope_of_refusal
from tasks.findings import Finding


async def apply_consequences(
    connection: AsyncConnection, findings: Sequence[Finding], *, run: Run, too_fast: bool, now: datetime
) -> list[Alarm]:
    """Carries out, in the transaction that records the findings, what follows; returns what is new to people.

    Complaints about our speed count only when it is `too_fast` (`tasks.complaints`); a wait that Twilio asked for
    always does.
    """
    await _opt_out(connection, findings, run=run, now=now)
    sightings = [
        Sighting(
            verdict=finding.outcome if too_fast else _without_complaint(finding.outcome),
            message_id=finding.message.id,
            sender_id=run.sender_id,
            run_id=run.id,
            country=finding.message.country,
        )
        for finding in findings
        if finding.outcome is not None
    ]
    return await carry_out(connection, sightings, now=now)


def _without_complaint(outcome: Outcome) -> Outcome:
    return replace(outcome, action=Action.NONE) if outcome.action is Action.SLOW_DOWN else outcome


async def _opt_out(connection: AsyncConnection, findings: Sequence[Finding], *, run: Run, now: datetime) -> None:
    """Twilio refused because the person had opted out there: they said no, so it counts here too."""
    refused = [one for one in findings if one.outcome is not None and one.outcome.kind is OutcomeClass.OPT_OUT]
    if not refused:
        return
    by_scope: dict[Scope, list[str]] = {}
    for one in refused:
        code = one.outcome.code if one.outcome else None
        by_scope.setdefault(scope_of_refusal(code, channel=one.message.channel), []).append(one.message.phone)
    for scope, phones in by_scope.items():
        await opt_out(
            connection,
            organization_id=run.organization_id,
            phones=phones,
            method=ConsentMethod.CARRIER,
            source="Twilio refused the message: the recipient has opted out there",
            message_sids=[None] * len(phones),
            now=now,
            scope=scope,
        )
