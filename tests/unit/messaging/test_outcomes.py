"""Twilio's codes as classes: every code that we know of, and everything that we don't."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging import outcomes
from messaging.outcomes import (
    Action,
    Outcome,
    OutcomeClass,
    Scope,
    classify_delivery,
    classify_rejection,
    listed,
)

REQUESTS: dict[OutcomeClass, list[int]] = {
    OutcomeClass.PERMANENT: [21211, 21217, 21401, 21421, 21265, 21266, 21268, 21635, 21612, 21614],
    OutcomeClass.OPT_OUT: [21610],
    OutcomeClass.CONFIG: [
        *(20003, 20404, 21212, 21606, 21659, 21660, 21661, 21267, 21608, 21408, 21621),
        *(21702, 21703, 21704, 21705),
    ],
    OutcomeClass.CONTENT: [
        *(21602, 21603, 21604, 21617, 21618, 21620, 21623, 11751, 21654, 21655, 21656),
        *(90007, 21624, 30045),
    ],
    OutcomeClass.TRANSIENT: [20429, 21730],
    OutcomeClass.LONG_TRANSIENT: [21611],
    OutcomeClass.NOT_KEPT: [35111, 35114, 35115, 35117, 35118, 35119, 35125, 35126],
    OutcomeClass.UNKNOWN: [20500, 20503],
    OutcomeClass.ACCEPTED: [30409],
}
DELIVERIES: dict[OutcomeClass, list[int]] = {
    OutcomeClass.PERMANENT: [
        *(30004, 30005, 30006, 30884, 32017, 32203, 63026, 63003, 63024, 63036, 63029, 63049),
        *(21211, 21612, 21614),
    ],
    OutcomeClass.OPT_OUT: [63014, 63033, 21610],
    OutcomeClass.CONFIG: [
        *(30002, 30018, 30024, 30032, 30034, 30442, 63001, 63002, 63007, 63008, 63015, 63020, 63022, 63062),
        *(63040, 63041, 63042, 21703),
    ],
    OutcomeClass.CONTENT: [
        *(30007, 30010, 30011, 30019, 30012, 30013, 30045, 11751),
        *(63005, 63006, 63013, 63021, 63030, 63031, 63034, 63016, 63027, 63028),
    ],
    OutcomeClass.TRANSIENT: [
        *(30017, 30020, 30021, 30047, 30022, 30500, 60005, 63009, 63010, 63011, 63012, 63023, 63017, 63019),
    ],
    OutcomeClass.LONG_TRANSIENT: [
        *(30001, 30003, 30008, 30023, 30027, 30036, 30450, 63018, 63032, 63038),
    ],
    OutcomeClass.UNKNOWN: [30410],
    OutcomeClass.ACCEPTED: [30009, 30025, 30026, 30103, 30104, 30105],
}
RETRYABLE = {OutcomeClass.TRANSIENT, OutcomeClass.LONG_TRANSIENT}


def by_code(classes: dict[OutcomeClass, list[int]]) -> list[tuple[int, OutcomeClass]]:
    return [(code, kind) for kind, codes in classes.items() for code in codes]


@pytest.mark.parametrize(("code", "kind"), by_code(REQUESTS))
def test_rejection(code: int, kind: OutcomeClass) -> None:
    verdict = classify_rejection(http_status=400, code=code)
    assert (verdict.kind, verdict.code) == (kind, code)
    assert verdict.retryable == (kind in RETRYABLE)


@pytest.mark.parametrize(("code", "kind"), by_code(DELIVERIES))
def test_delivery(code: int, kind: OutcomeClass) -> None:
    verdict = classify_delivery(code)
    assert (verdict.kind, verdict.code) == (kind, code)
    assert verdict.retryable == (kind in RETRYABLE)


def test_every_row_of_the_table_is_tested_and_says_what_to_do() -> None:
    table = Path(outcomes.__file__).parent / "data" / "outcomes.csv"
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    codes = [int(row["code"]) for row in rows]
    assert codes == sorted(set(codes))
    assert set(codes) == {code for classes in (REQUESTS, DELIVERIES) for code, _ in by_code(classes)}
    assert [row["code"] for row in rows if "; " not in row["sentence"] or row["sentence"][-1] != "."] == []


@pytest.mark.parametrize(
    ("label", "code", "scope", "action"),
    [
        ("wrong token stops the sender", 20003, Scope.SENDER, Action.PAUSE),
        ("geo permission stops the country only", 21408, Scope.COUNTRY, Action.PAUSE),
        ("a bad number concerns one message", 21211, Scope.MESSAGE, Action.NONE),
        ("an opt-out is written down", 21610, Scope.MESSAGE, Action.OPT_OUT),
        ("a bad template stops the campaign", 21655, Scope.CAMPAIGN, Action.PAUSE),
        ("an empty service stops the sender", 21704, Scope.SENDER, Action.PAUSE),
        ("no number for one destination may be an exception", 21703, Scope.SENDER, Action.PAUSE_IF_MANY),
        ("a full queue is the sender's", 21611, Scope.SENDER, Action.SLOW_DOWN),
        ("too many requests at once", 20429, Scope.SENDER, Action.SLOW_DOWN),
        ("too fast for a channel", 63017, Scope.SENDER, Action.SLOW_DOWN),
        ("a channel's rate limit", 63018, Scope.SENDER, Action.SLOW_DOWN),
        ("a daily limit", 63038, Scope.SENDER, Action.HOLD),
    ],
)
def test_scope_and_action(label: str, code: int, scope: Scope, action: Action) -> None:
    verdict = classify_rejection(http_status=400, code=code)
    assert (verdict.scope, verdict.action) == (scope, action), label


@pytest.mark.parametrize(
    ("label", "http_status", "code", "kind"),
    [
        ("429 without a code", 429, None, OutcomeClass.TRANSIENT),
        ("429 with its code", 429, 20429, OutcomeClass.TRANSIENT),
        ("429 is safe whatever the code", 429, 99999, OutcomeClass.TRANSIENT),
        ("429 keeps a longer wait", 429, 63018, OutcomeClass.LONG_TRANSIENT),
        ("401 without a code", 401, None, OutcomeClass.CONFIG),
        ("403 without a code", 403, None, OutcomeClass.CONFIG),
        ("404 without a code", 404, None, OutcomeClass.CONFIG),
        ("a code that is not listed", 400, 21999, OutcomeClass.UNKNOWN_CODE),
        ("a delivery code is not one of requests", 400, 30003, OutcomeClass.UNKNOWN_CODE),
        ("a proxy's 400", 400, None, OutcomeClass.UNKNOWN),
        ("a proxy's 408", 408, None, OutcomeClass.UNKNOWN),
        ("500", 500, 20500, OutcomeClass.UNKNOWN),
        ("503 even with a promising code", 503, 20429, OutcomeClass.UNKNOWN),
        ("502 of a gateway", 502, None, OutcomeClass.UNKNOWN),
        ("a redirect", 302, None, OutcomeClass.UNKNOWN),
        ("201 without a usable SID", 201, None, OutcomeClass.UNKNOWN),
    ],
)
def test_http_status(label: str, http_status: int, code: int | None, kind: OutcomeClass) -> None:
    assert classify_rejection(http_status=http_status, code=code).kind is kind, label


@pytest.mark.parametrize(
    ("label", "code", "scope", "action"),
    [
        ("10DLC rate", 30022, Scope.SENDER, Action.SLOW_DOWN),
        ("queue overflow", 30001, Scope.SENDER, Action.SLOW_DOWN),
        ("10DLC limit of the day", 30023, Scope.SENDER, Action.HOLD),
        ("unverified toll-free sender", 30032, Scope.SENDER, Action.PAUSE),
        ("unregistered 10DLC sender", 30034, Scope.SENDER, Action.PAUSE),
        ("sender not registered in a country", 30018, Scope.COUNTRY, Action.PAUSE),
        ("filtered as spam", 30007, Scope.CAMPAIGN, Action.PAUSE_IF_MANY),
        ("T-Mobile's limit is not the other carriers'", 30027, Scope.SENDER, Action.ALERT),
    ],
)
def test_scope_and_action_at_delivery(label: str, code: int, scope: Scope, action: Action) -> None:
    verdict = classify_delivery(code)
    assert (verdict.scope, verdict.action) == (scope, action), label


@pytest.mark.parametrize(
    ("label", "code", "wait"),
    [
        ("too many requests", 20429, 1.0),
        ("queue full", 21611, 1_800.0),
        ("phone off", 30003, 1_800.0),
        ("number blocked for 15 to 30 minutes", 30450, 1_800.0),
        ("10DLC limit of the day", 30023, 86_400.0),
        ("T-Mobile's limit of the day", 30027, 86_400.0),
        ("WhatsApp's limit of 24 hours", 63038, 86_400.0),
        ("nothing to wait for", 30005, None),
    ],
)
def test_wait(label: str, code: int, wait: float | None) -> None:
    assert {verdict.wait for _, verdict in listed() if verdict.code == code} == {wait}, label


def test_what_may_be_tried_again_has_a_wait_and_nothing_else_has() -> None:
    assert [verdict.code for _, verdict in listed() if verdict.retryable != (verdict.wait is not None)] == []
    assert [verdict.code for _, verdict in listed() if verdict.action is Action.HOLD and not verdict.wait] == []


def test_what_pauses_goes_back_to_planned_whole_and_so_concerns_no_single_message() -> None:
    paused = [verdict for _, verdict in listed() if verdict.action in (Action.PAUSE, Action.PAUSE_IF_MANY)]
    assert [verdict.code for verdict in paused if verdict.scope is Scope.MESSAGE or verdict.retryable] == []


def test_an_unlisted_code_is_never_retried_and_is_alerted() -> None:
    for verdict in (
        classify_rejection(http_status=400, code=21999),
        classify_delivery(31999),
        classify_delivery(None),
    ):
        assert verdict.kind is OutcomeClass.UNKNOWN_CODE
        assert (verdict.retryable, verdict.action, verdict.scope) == (False, Action.ALERT, Scope.MESSAGE)
    assert "https://www.twilio.com/docs/api/errors/31999" in classify_delivery(31999).sentence


def test_retry_after_is_kept() -> None:
    assert classify_rejection(http_status=429, code=20429, retry_after=7.5).retry_after == 7.5
    assert classify_rejection(http_status=503, code=20503, retry_after=30).retry_after == 30
    assert classify_rejection(http_status=400, code=21211).retry_after is None


@given(http_status=st.integers(100, 599), code=st.one_of(st.none(), st.integers(0, 99_999)))
def test_only_what_twilio_certainly_did_not_take_is_retried(http_status: int, code: int | None) -> None:
    verdict = classify_rejection(http_status=http_status, code=code)
    if verdict.retryable:
        assert 400 <= http_status < 500
    if http_status >= 500:
        assert verdict.kind is OutcomeClass.UNKNOWN


def test_an_outcome_is_a_verdict_with_what_twilio_answered() -> None:
    verdict = classify_rejection(http_status=429, code=20429, retry_after=2)
    outcome = Outcome.of(verdict, http_status=429, request_id="RQ1")
    assert (outcome.kind, outcome.code, outcome.scope) == (verdict.kind, verdict.code, verdict.scope)
    assert (outcome.action, outcome.sentence, outcome.retry_after) == (verdict.action, verdict.sentence, 2)
    assert (outcome.sid, outcome.status, outcome.http_status, outcome.request_id) == (None, None, 429, "RQ1")
    assert outcome.retryable
