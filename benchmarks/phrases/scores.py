"""Precision and recall of verdicts on labelled phrases."""

from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.phrases.contestants import Judge
from benchmarks.phrases.labelled import Labelled
from messaging.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Score:
    """`noticed` are refusals that were obeyed or put before a person; the others were ignored."""

    refusals: int
    obeyed: int
    noticed: int
    taken_for_refusals: int
    doubts: int
    doubts_noticed: int
    needless: int
    harmless: int

    @property
    def recall(self) -> float:
        """The part of all refusals that was obeyed at once."""
        return self.obeyed / self.refusals

    @property
    def precision(self) -> float:
        """The part of all that was obeyed as a refusal that was one; 1 when nothing was."""
        return self.obeyed / self.taken_for_refusals if self.taken_for_refusals else 1.0


def score(phrases: Iterable[Labelled], judge: Judge) -> Score:
    """Judges every phrase."""
    pairs = [(each.label, judge(each.phrase)) for each in phrases]

    def count(*labels: Refusal, given: tuple[Refusal, ...]) -> int:
        return sum(label in labels and verdict in given for label, verdict in pairs)

    everything, seen = tuple(Refusal), (Refusal.OPTED_OUT, Refusal.DOUBTFUL)
    return Score(
        refusals=count(Refusal.OPTED_OUT, given=everything),
        obeyed=count(Refusal.OPTED_OUT, given=(Refusal.OPTED_OUT,)),
        noticed=count(Refusal.OPTED_OUT, given=seen),
        taken_for_refusals=count(*everything, given=(Refusal.OPTED_OUT,)),
        doubts=count(Refusal.DOUBTFUL, given=everything),
        doubts_noticed=count(Refusal.DOUBTFUL, given=seen),
        needless=count(Refusal.NONE, given=seen),
        harmless=count(Refusal.NONE, given=everything),
    )
