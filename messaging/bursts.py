"""When many messages of one run end badly in the same way within a short time, all of them have one cause."""

from collections import Counter, deque
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from messaging.outcomes import Action, OutcomeClass, Scope, Stage, Verdict

_CLASSES = frozenset(
    {
        OutcomeClass.PERMANENT,
        OutcomeClass.OPT_OUT,
        OutcomeClass.CONTENT,
        OutcomeClass.UNKNOWN,
        OutcomeClass.UNKNOWN_CODE,
    }
)
"""Classes that end a message; what goes back to planned slows down or pauses by other rules."""


@dataclass(frozen=True, slots=True)
class BurstRule:
    """At least `count` ends alike within `seconds`, and this share (0 to 1) of all ends in that time.

    `code_share` is for a code that pauses if there are many of it, `class_share` for any class of failure.
    `in_flight` requests may be under way at once: one cut line loses the answers to all of them, which alone is
    no burst yet.
    """

    seconds: float
    count: int
    code_share: float
    class_share: float
    in_flight: int = 0


@dataclass(frozen=True, slots=True)
class Cause:
    """How messages ended alike: by one code, or (at the request) by one class of failure."""

    code: int | None
    kind: OutcomeClass | None
    scope: Scope
    sentence: str


@dataclass(frozen=True, slots=True)
class Burst:
    """So many of the last `total` ends were alike; `seconds` is the time that was looked at."""

    cause: Cause
    count: int
    total: int
    seconds: float

    @property
    def reason(self) -> str:
        """In a sentence for people: what happened, and what to do."""
        alike = f"{self.count:,} of {self.total:,} messages within {self.seconds:g} seconds ended alike"
        if self.cause.code is not None:
            return f"{alike}, with Twilio's code {self.cause.code}: {self.cause.sentence}"
        kind = (self.cause.kind or "").replace("_", " ")
        return f"{alike} ({kind}); look at the report's errors, mend the cause, and resume the campaign."


def cause_of(verdict: Verdict, stage: Stage) -> Cause | None:
    """What the verdict counts towards; None for an end that is no such failure."""
    if verdict.action is Action.PAUSE_IF_MANY:
        return Cause(verdict.code, None, verdict.scope, verdict.sentence)
    if stage is Stage.REQUEST and verdict.kind in _CLASSES:
        return Cause(None, verdict.kind, Scope.CAMPAIGN, "")
    return None


@dataclass(slots=True)
class _Counts:
    """Ends by the second, and their sum."""

    seconds: deque[tuple[int, Counter[Cause | None]]] = field(default_factory=deque)
    sum: Counter[Cause | None] = field(default_factory=Counter)


class BurstWatch:
    """Counts ends by the second, for each run; memory is bounded by the rule's time and the number of runs."""

    def __init__(self, rule: BurstRule) -> None:
        self._rule = rule
        self._runs: dict[Hashable, _Counts] = {}

    def add(self, run: Hashable, ends: Mapping[Cause | None, int], *, at: float) -> None:
        """Counts messages of a run that ended at `at` (seconds of a clock that never goes back)."""
        counts = self._runs.setdefault(run, _Counts())
        if not counts.seconds or counts.seconds[-1][0] != int(at):
            counts.seconds.append((int(at), Counter()))
        counts.seconds[-1][1].update(ends)
        counts.sum.update(ends)
        self._forget_before(at - self._rule.seconds)

    def burst(self, run: Hashable) -> Burst | None:
        """The burst of the run now, the greatest if there are several."""
        ends = self._runs.get(run, _Counts()).sum
        total = ends.total()
        for cause, count in ends.most_common():
            if cause is not None and count >= max(self._least(cause), self._share(cause) * total):
                return Burst(cause, count, total, self._rule.seconds)
        return None

    def forget(self, run: Hashable) -> None:
        """Begins anew: the run was paused, and what a person resumes is judged by what it does then."""
        self._runs.pop(run, None)

    def _least(self, cause: Cause) -> int:
        at_one_blow = self._rule.in_flight if cause.kind is OutcomeClass.UNKNOWN else 0
        return self._rule.count + at_one_blow

    def _share(self, cause: Cause) -> float:
        return self._rule.class_share if cause.code is None else self._rule.code_share

    def _forget_before(self, moment: float) -> None:
        for run in list(self._runs):
            counts = self._runs[run]
            while counts.seconds and counts.seconds[0][0] < moment:
                counts.sum -= counts.seconds.popleft()[1]
            if not counts.seconds:
                del self._runs[run]
