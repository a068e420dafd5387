"""From what Twilio or the gate said of a message to what is written down of it."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from messaging.outcomes import Action, Outcome, OutcomeClass, Scope
from messaging.statuses import MessageState
from models.messages.gate import GateVerdict
from models.messages.judging import ClaimedMessage
from models.messages.results import Accepted, Closed, Result, Returned

LONGEST_WAIT = 300.0
"""Seconds to which the wait of a transient outcome is doubled at most; one that is longer by itself stays so."""
MOST_DOUBLINGS = 30
LONG_JITTER = 0.25
"""A long wait is lengthened by up to this share of it, and never cut short."""

_GATE_CLOSES = {
    GateVerdict.NO_CONSENT: (MessageState.SKIPPED, "no_consent"),
    GateVerdict.OPTED_OUT: (MessageState.SKIPPED, "opted_out"),
    GateVerdict.STALE_CONSENT: (MessageState.SKIPPED, "stale_consent"),
    GateVerdict.SOFT_OPT_IN_NOT_ALLOWED: (MessageState.SKIPPED, "soft_opt_in_not_allowed"),
    GateVerdict.UNCONFIRMED_CONSENT: (MessageState.SKIPPED, "unconfirmed_consent"),
    GateVerdict.EXPIRED: (MessageState.EXPIRED, None),
    GateVerdict.CANCELED: (MessageState.CANCELED, None),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A claimed message, what to write of it, and Twilio's outcome where a request was made."""

    message: ClaimedMessage
    result: Result
    outcome: Outcome | None = None


def held_back(message: ClaimedMessage, verdict: GateVerdict) -> Finding:
    """The finding on a message that the gate did not let through: closed for good, or returned unsent."""
    if verdict in _GATE_CLOSES:
        state, reason = _GATE_CLOSES[verdict]
        return Finding(message, Closed(message.id, state, skip_reason=reason))
    return Finding(message, Returned(message.id, kept_here=verdict is GateVerdict.NEAR))


def replied(message: ClaimedMessage, outcome: Outcome, *, now: datetime) -> Finding:
    """The finding on a message that a request was made for (or tried for)."""
    return Finding(message, _result(message, outcome, now=now), outcome)


def _result(message: ClaimedMessage, outcome: Outcome, *, now: datetime) -> Result:
    if outcome.sid is not None and outcome.status is not None:
        status = MessageState(outcome.status)
        return Accepted(message.id, outcome.sid, status, outcome.http_status or 201, outcome.request_id)
    if outcome.kind is OutcomeClass.NOT_KEPT and message.send_at is not None:
        return _returned(message, outcome, send_after=None, kept_here=True)
    if outcome.retryable:
        later = now + timedelta(seconds=wait_seconds(outcome, tries=message.tries))
        return _returned(message, outcome, send_after=later)
    if pauses(outcome) and not (message.own_body and outcome.scope is Scope.CAMPAIGN):
        return _returned(message, outcome, send_after=None)
    state = MessageState.UNKNOWN if outcome.kind is OutcomeClass.UNKNOWN else MessageState.FAILED
    return Closed(
        message.id,
        state,
        error_code=outcome.code,
        http_status=outcome.http_status,
        request_id=outcome.request_id,
        outcome=outcome.kind.value,
    )


def pauses(outcome: Outcome) -> bool:
    """Whether nothing of the outcome's scope can be sent until a person has mended something.

    The words of a direct message are its own: what a campaign would be paused for is that message's failure.
    """
    return outcome.action is Action.PAUSE


def wait_seconds(outcome: Outcome, *, tries: int) -> float:
    """How long to wait before try number `tries` + 2: the outcome's wait, doubled each time where it is transient.

    The jitter keeps messages that failed together from coming back together; it goes from half of the wait to all
    of it, and of a long wait beyond it. Never less than what Twilio asked for.
    """
    wait = outcome.wait or 0.0
    if outcome.kind is OutcomeClass.TRANSIENT:
        wait = max(wait, min(wait * 2.0 ** min(tries, MOST_DOUBLINGS), LONGEST_WAIT)) * random.uniform(0.5, 1.0)  # noqa: S311 (no secret)
    else:
        wait *= random.uniform(1.0, 1.0 + LONG_JITTER)  # noqa: S311 (no secret)
    return max(outcome.retry_after or 0.0, wait)


def _returned(
    message: ClaimedMessage, outcome: Outcome, *, send_after: datetime | None, kept_here: bool = False
) -> Returned:
    return Returned(
        message.id,
        send_after=send_after,
        kept_here=kept_here,
        tried=True,
        error_code=outcome.code,
        http_status=outcome.http_status,
        request_id=outcome.request_id,
        outcome=outcome.kind.value,
    )
