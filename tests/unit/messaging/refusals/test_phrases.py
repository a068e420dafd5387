"""What the matcher reached on the labelled phrases, as bounds that it must not fall below."""

import pytest

from benchmarks.phrases.contestants import CONTESTANTS, TIDINGS
from benchmarks.phrases.labelled import PARTS, read
from benchmarks.phrases.scores import score

BOUNDS = {
    # part: (recall, refusals not ignored, precision of what is obeyed)
    "held_out": (0.89, 0.95, 0.98),
    "seen": (0.99, 1.0, 0.99),
}


@pytest.mark.parametrize("part", PARTS)
def test_recall_and_precision(part: str) -> None:
    found = score(read(part), CONTESTANTS[TIDINGS])
    recall, noticed, precision = BOUNDS[part]
    assert found.recall >= recall
    assert found.noticed / found.refusals >= noticed
    assert found.precision >= precision


def test_nothing_harmless_is_held() -> None:
    assert [score(read(part), CONTESTANTS[TIDINGS]).needless for part in PARTS] == [0, 0]


def test_there_are_enough_phrases_and_no_two_alike() -> None:
    phrases = [(each.language, each.phrase.strip().lower()) for part in PARTS for each in read(part)]
    assert len(phrases) >= 500
    assert len({language for language, _ in phrases}) >= 9
    assert len(phrases) - len(set(phrases)) <= 30
