"""phrases: precision and recall of refusals in plain language, beside what one would do instead."""

from collections.abc import Sequence

from benchmarks.database import Bench
from benchmarks.phrases.contestants import CONTESTANTS, TIDINGS
from benchmarks.phrases.labelled import PARTS, Labelled, read
from benchmarks.phrases.scores import Score, score
from benchmarks.table import Scale, Table, share

_COLUMNS = [
    "refusals",
    "obeyed at once (recall)",
    "obeyed or held for a person",
    "of what is obeyed, a refusal (precision)",
]
_TITLES = {
    "held_out": "phrases: written after the matcher was done, and not looked at since",
    "seen": "phrases: looked at while the matcher was built",
}


def run(bench: Bench, scale: Scale) -> list[Table]:  # noqa: ARG001 (it takes no database, and is quick)
    """Scores the contestants on each part, and ours by language and by label."""
    parts = {part: read(part) for part in PARTS}
    everything = [phrase for phrases in parts.values() for phrase in phrases]
    return [
        *(_compared(part, phrases) for part, phrases in parts.items()),
        _by_language(everything),
        _by_label(parts),
    ]


def _compared(part: str, phrases: Sequence[Labelled]) -> Table:
    rows = [[name, *_cells(score(phrases, judge))] for name, judge in CONTESTANTS.items()]
    return Table(title=_TITLES[part], columns=[f"{len(phrases):,} phrases", *_COLUMNS], rows=rows)


def _by_language(phrases: Sequence[Labelled]) -> Table:
    languages = dict.fromkeys(phrase.language for phrase in phrases)
    of = {each: [phrase for phrase in phrases if phrase.language == each] for each in languages}
    rows = [[each, *_cells(score(theirs, CONTESTANTS[TIDINGS]))] for each, theirs in of.items()]
    return Table(title="phrases: Tidings by language, both parts", columns=["language", *_COLUMNS], rows=rows)


def _by_label(parts: dict[str, Sequence[Labelled]]) -> Table:
    rows = []
    for part, phrases in parts.items():
        found = score(phrases, CONTESTANTS[TIDINGS])
        rows += [
            [f"{part}: refusals", str(found.refusals), share(found.noticed, found.refusals)],
            [f"{part}: in doubt", str(found.doubts), share(found.doubts_noticed, found.doubts)],
            [f"{part}: neither", str(found.harmless), share(found.needless, found.harmless)],
        ]
    return Table(
        title="phrases: Tidings by label",
        columns=["label", "phrases", "obeyed or put before a person"],
        rows=rows,
        notes=[
            "A text in doubt holds marketing until a person decides; of what is neither, none should.",
            "Whoever wrote the phrases wrote the matcher too. Real people are more inventive: expect less.",
            "Two earlier parts, while they were new: 74 % and 69 % obeyed, 81 % and 76 % obeyed or held.",
        ],
    )


def _cells(found: Score) -> list[str]:
    return [
        str(found.refusals),
        share(found.obeyed, found.refusals),
        share(found.noticed, found.refusals),
        share(found.obeyed, found.taken_for_refusals) if found.taken_for_refusals else "",
    ]
