"""Which campaigns and senders have a rate that is too high."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from messaging.alert_rules import NOTHING, AlertKind, AlertRule, Ended, sentence, too_many
from models.alerts.counting import RunEnds
from models.alerts.rules import AlertRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rate above its threshold, of a campaign run, or of a sender where `run_id` is None."""

    kind: AlertKind
    organization_id: UUID
    sender_id: UUID
    run_id: UUID | None
    ended: Ended
    rule: AlertRule

    @property
    def subject_id(self) -> UUID:
        """What it is about."""
        return self.run_id or self.sender_id

    @property
    def reason(self) -> str:
        """For people: what was seen, and from where on it is told."""
        return sentence(
            self.kind,
            counted=self.ended.counted(self.kind),
            total=self.ended.total,
            threshold=self.rule.threshold(self.kind),
            window_seconds=self.rule.window_seconds,
        )

    def columns(self) -> dict[str, Any]:
        """As it is kept (`models.alerts.tables.Alert`)."""
        return {
            "organization_id": self.organization_id,
            "kind": self.kind.value,
            "subject_id": self.subject_id,
            "sender_id": self.sender_id,
            "run_id": self.run_id,
            "counted": self.ended.counted(self.kind),
            "total": self.ended.total,
            "threshold": self.rule.threshold(self.kind),
            "window_seconds": self.rule.window_seconds,
        }


def judge(runs: Sequence[RunEnds], rules: AlertRules) -> list[Finding]:
    """Every campaign by its own rule; every sender by what is not explained by one of its campaigns.

    For its sender counts neither a campaign that is above a threshold, which would be told twice, nor one that
    has a rule of its own: who set it knows that campaign. Pauses concern campaigns only.
    """
    found, spread, senders = list[Finding](), defaultdict[UUID, Ended](lambda: NOTHING), dict[UUID, RunEnds]()
    for run in runs:
        rule = rules.of(run.organization_id).changed_by(run.own)
        of_run = [] if run.standing else _findings(run, run.ended, rule, run_id=run.run_id)
        found += of_run
        if not of_run and not run.own:
            spread[run.sender_id] += run.ended
            senders[run.sender_id] = run
    for sender_id, ended in spread.items():
        sender = senders[sender_id]
        found += _findings(sender, ended, rules.of(sender.organization_id), run_id=None)
    return found


def _findings(run: RunEnds, ended: Ended, rule: AlertRule, *, run_id: UUID | None) -> list[Finding]:
    return [
        Finding(
            kind=kind,
            organization_id=run.organization_id,
            sender_id=run.sender_id,
            run_id=run_id,
            ended=ended,
            rule=rule,
        )
        for kind in too_many(ended, rule)
    ]
