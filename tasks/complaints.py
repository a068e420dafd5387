"""Tells a sender that is too fast from a single answer out of line, by the share of complaints among answers.

Without this, one 429 in a hundred that has nothing to do with our speed would hold a sender at a few a second.
"""

from collections import Counter
from collections.abc import Sequence
from time import monotonic

from messaging.bursts import Cause
from messaging.outcomes import Action, Scope
from models.campaigns.runs import Run
from tasks.equipment import Equipment
from tasks.findings import Finding

_COMPLAINT = Cause(code=None, kind=None, scope=Scope.SENDER, sentence="")


def is_too_fast(equipment: Equipment, findings: Sequence[Finding], *, run: Run) -> bool:
    """Counts these answers, and says whether too many of the last ones were complaints about our speed."""
    answers = Counter(
        _COMPLAINT if finding.outcome.action is Action.SLOW_DOWN else None
        for finding in findings
        if finding.outcome is not None
    )
    equipment.complaints.add(run.sender_id, answers, at=monotonic())
    if not answers[_COMPLAINT] or equipment.complaints.burst(run.sender_id) is None:
        return False
    equipment.complaints.forget(run.sender_id)
    return True
