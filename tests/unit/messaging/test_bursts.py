"""Many ends alike in a short time are a burst; few, rare or old ones are none."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.bursts import Burst, BurstRule, BurstWatch, Cause, cause_of
from messaging.outcomes import (
    ACCEPTED,
    MAYBE_SENT,
    NOT_SENT,
    OutcomeClass,
    Scope,
    Stage,
    Verdict,
    classify_delivery,
    classify_rejection,
)

RULE = BurstRule(seconds=60, count=50, code_share=0.2, class_share=0.5)
SPAM = cause_of(classify_delivery(30007), Stage.DELIVERY)
LOST = cause_of(MAYBE_SENT, Stage.REQUEST)


def _request(code: int) -> Verdict:
    return classify_rejection(http_status=400, code=code)


@pytest.mark.parametrize(
    ("label", "verdict", "stage", "code", "kind", "scope"),
    [
        ("filtered", classify_delivery(30007), Stage.DELIVERY, 30007, None, Scope.CAMPAIGN),
        ("no number for there", _request(21703), Stage.REQUEST, 21703, None, Scope.SENDER),
        ("no such number", _request(21211), Stage.REQUEST, None, OutcomeClass.PERMANENT, Scope.CAMPAIGN),
        ("opted out", _request(21610), Stage.REQUEST, None, OutcomeClass.OPT_OUT, Scope.CAMPAIGN),
        ("answer lost", MAYBE_SENT, Stage.REQUEST, None, OutcomeClass.UNKNOWN, Scope.CAMPAIGN),
        ("unlisted", _request(29999), Stage.REQUEST, None, OutcomeClass.UNKNOWN_CODE, Scope.CAMPAIGN),
    ],
)
def test_what_counts_towards_a_burst(
    label: str, verdict: Verdict, stage: Stage, code: int | None, kind: OutcomeClass | None, scope: Scope
) -> None:
    cause = cause_of(verdict, stage)
    assert cause is not None, label
    assert (cause.code, cause.kind, cause.scope) == (code, kind, scope), label


@pytest.mark.parametrize(
    ("label", "verdict", "stage"),
    [
        ("accepted", ACCEPTED, Stage.REQUEST),
        ("nothing listens", NOT_SENT, Stage.REQUEST),
        ("too many requests", _request(20429), Stage.REQUEST),
        ("a pause of its own", _request(20003), Stage.REQUEST),
        ("phone off", classify_delivery(30003), Stage.DELIVERY),
        ("not in use", classify_delivery(30005), Stage.DELIVERY),
    ],
)
def test_what_does_not(label: str, verdict: Verdict, stage: Stage) -> None:
    assert cause_of(verdict, stage) is None, label


@pytest.mark.parametrize(
    ("label", "ends", "found"),
    [
        ("nothing", {}, None),
        ("all is well", {None: 1_000}, None),
        ("too few to say", {SPAM: 49}, None),
        ("a small campaign, all filtered", {SPAM: 50}, SPAM),
        ("a fifth filtered", {None: 200, SPAM: 50}, SPAM),
        ("less than a fifth filtered", {None: 201, SPAM: 50}, None),
        ("half of the answers lost", {None: 60, LOST: 60}, LOST),
        ("less than half of the answers lost", {None: 61, LOST: 60}, None),
        ("the greater of two", {SPAM: 55, LOST: 90}, LOST),
    ],
)
def test_burst(label: str, ends: dict[Cause | None, int], found: Cause | None) -> None:
    watch = BurstWatch(RULE)
    watch.add("run", ends, at=5.0)
    burst = watch.burst("run")
    assert (burst.cause if burst else None) == found, label
    assert watch.burst("another run") is None


@pytest.mark.parametrize(
    ("lost", "found"),
    [
        pytest.param(RULE.count + 49, False, id="what was under way when the line was cut, and a few"),
        pytest.param(RULE.count + 50, True, id="more than that"),
    ],
)
def test_one_cut_line_is_no_burst(*, lost: int, found: bool) -> None:
    """Seen in a chaos run: a worker that had just begun lost all of its first 50 answers in one moment."""
    watch = BurstWatch(replace(RULE, in_flight=50))
    watch.add("run", {LOST: lost}, at=5.0)
    assert (watch.burst("run") is not None) is found


def test_many_refused_alike_are_one_at_once() -> None:
    watch = BurstWatch(replace(RULE, in_flight=50))
    watch.add("run", {SPAM: RULE.count}, at=5.0)
    assert watch.burst("run") is not None


def test_old_ends_do_not_count() -> None:
    watch = BurstWatch(RULE)
    watch.add("run", {SPAM: 40}, at=0.0)
    watch.add("run", {SPAM: 40}, at=61.5)
    assert watch.burst("run") is None
    watch.add("run", {SPAM: 10}, at=62.0)
    assert watch.burst("run") is not None


def test_a_run_that_was_paused_is_judged_anew() -> None:
    watch = BurstWatch(RULE)
    watch.add("run", {SPAM: 80}, at=1.0)
    watch.forget("run")
    assert watch.burst("run") is None
    watch.add("run", {SPAM: 49}, at=2.0)
    assert watch.burst("run") is None


def test_the_reason_says_what_happened_and_what_to_do() -> None:
    assert SPAM is not None
    assert Burst(SPAM, 1_200, 3_000, 60).reason == (
        "1,200 of 3,000 messages within 60 seconds ended alike, with Twilio's code 30007: "
        "Carriers filtered the message as spam; change its text and links before sending more."
    )
    assert LOST is not None
    assert Burst(LOST, 50, 60, 60).reason.endswith(
        "(unknown); look at the report's errors, mend the cause, and resume the campaign."
    )


@given(
    ends=st.lists(
        st.tuples(st.floats(0, 300), st.sampled_from([None, SPAM, LOST]), st.integers(1, 80)), max_size=60
    )
)
def test_it_agrees_with_counting_everything(ends: list[tuple[float, Cause | None, int]]) -> None:
    watch = BurstWatch(RULE)
    ends.sort(key=lambda end: end[0])
    for at, cause, count in ends:
        watch.add("run", {cause: count}, at=at)
    last = ends[-1][0] if ends else 0.0
    counted: Counter[Cause | None] = Counter()
    for at, cause, count in ends:
        if int(at) >= last - RULE.seconds:
            counted[cause] += count
    total = counted.total()
    is_burst = any(
        counted[cause] >= 50 and counted[cause] >= share * total
        for cause, share in ((SPAM, RULE.code_share), (LOST, RULE.class_share))
    )
    assert (watch.burst("run") is not None) == is_burst
