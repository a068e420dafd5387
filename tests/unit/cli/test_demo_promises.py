"""The demo's judge: every promise can break, and each breach is told by the promise that it breaks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cli.demo.evidence import Evidence, Sending
from cli.demo.people_in_file import People
from cli.demo.promises import (
    PROMISES,
    Promise,
    flow_runs_completed,
    judge,
    never_twice,
    nobody_lost,
    only_marketing_service,
    only_with_consent,
    reports_are_true,
    silence_after_stop,
    sums_add_up,
)
from cli.demo.simulator import Heard, Request
from models.campaigns.report import STATES, Report
from models.columns import new_id

ANN, BOB, CLEO, DAN = "+12025550101", "+12025550102", "+12025550103", "+12025550104"
MARKETING, OTHER = "MG" + "a" * 32, "MG" + "b" * 32


def request(to: str, began: float, status: str | None = "delivered", service: str = MARKETING) -> Request:
    return Request(number=1, to=to, body="Hi", service_sid=service, began=began, status=status)


def stop(person: str, at: float, answered: float | None) -> Heard:
    return Heard(number=1, person=person, body="STOP", keyword="STOP", sent=at, answered=answered)


def report(name: str, *, skipped: int, **states: int) -> Report:
    counted = {**dict.fromkeys(STATES, 0), **states, "skipped": skipped}
    return Report(
        campaign_id=new_id(),
        name=name,
        kind="marketing",
        run_id=new_id(),
        occurrence="once",
        state="finished",
        state_reason=None,
        started_at=datetime(2026, 11, 21, tzinfo=UTC),
        planned_at=None,
        finished_at=None,
        audience=sum(counted.values()),
        states=counted,
        skipped={"no_consent": skipped},
        errors=[],
        segments=0,
        replies=0,
        opt_outs=0,
        incidents=0,
    )


def sending(name: str, requests: list[Request], *, began: float, skipped: int, **states: int) -> Sending:
    return Sending(
        report=report(name, skipped=skipped, **states),
        requests=requests,
        began=began,
        ended=began + 50,
        flow_run="COMPLETED",
    )


@pytest.fixture
def honest() -> Evidence:
    """Four people, Dan without consent; Bob stops after the first campaign, so the second leaves him out."""
    first = [request(ANN, 1.0), request(BOB, 1.1, "undelivered"), request(CLEO, 1.2, None)]
    second = [request(ANN, 101.0), request(CLEO, 101.1)]
    return Evidence(
        people=People(everyone=frozenset({ANN, BOB, CLEO, DAN}), agreed=frozenset({ANN, BOB, CLEO})),
        heard=[stop(BOB, 60.0, 60.1), Heard(2, ANN, "Thanks!", None, 3.0, 3.1)],
        sendings=[
            sending("first", first, began=0.0, skipped=1, delivered=1, undelivered=1, failed=1),
            sending("second", second, began=100.0, skipped=2, delivered=2),
        ],
        others=[],
        marketing_service=MARKETING,
    )


def first_with(evidence: Evidence, **changed: object) -> Evidence:
    first, *rest = evidence.sendings
    return replace(evidence, sendings=[replace(first, **changed), *rest])  # type: ignore[arg-type]


def second_requests(evidence: Evidence, *requests: Request) -> Evidence:
    first, second = evidence.sendings
    return replace(evidence, sendings=[first, replace(second, requests=[*second.requests, *requests])])


def first_report(evidence: Evidence, **changed: object) -> Evidence:
    return first_with(evidence, report=replace(evidence.sendings[0].report, **changed))  # type: ignore[arg-type]


def without(evidence: Evidence, to: str) -> Evidence:
    kept = [one for one in evidence.sendings[0].requests if one.to != to]
    return first_with(evidence, requests=kept)


BREACHES: list[tuple[str, Callable[[Evidence], Evidence], Callable[[Evidence], Promise], str]] = [
    (
        "someone without consent",
        lambda seen: second_requests(seen, request(DAN, 102.0)),
        only_with_consent,
        '***04 was texted in "second" without consent.',
    ),
    (
        "a request after the answer to STOP, in a later campaign",
        lambda seen: second_requests(seen, request(BOB, 102.0)),
        silence_after_stop,
        "***02 was texted 41.9 s after the answer to STOP.",
    ),
    (
        "a request 1.2 s after the answer to STOP, while a campaign goes on",
        lambda seen: replace(seen, heard=[stop(CLEO, 99.5, 99.9)]),
        silence_after_stop,
        "***03 was texted 1.2 s after the answer to STOP.",
    ),
    (
        "a STOP that was never taken",
        lambda seen: replace(seen, heard=[stop(BOB, 60.0, None)]),
        silence_after_stop,
        "The STOP of ***02 was not taken.",
    ),
    (
        "two requests to one person",
        lambda seen: second_requests(seen, request(ANN, 102.0)),
        never_twice,
        '***01 was texted 2 times in "second".',
    ),
    (
        "someone forgotten",
        lambda seen: without(seen, ANN),
        nobody_lost,
        '***01 agreed and was not texted in "first".',
    ),
    (
        "states that do not add up",
        lambda seen: first_report(seen, audience=5),
        sums_add_up,
        '"first" has an audience of 5, but its states add up to 4.',
    ),
    (
        "an audience that is not the file's",
        lambda seen: replace(seen, people=replace(seen.people, everyone=seen.people.agreed)),
        sums_add_up,
        '"first" has an audience of 4, but the file holds 3.',
    ),
    (
        "a request that the report does not know of",
        lambda seen: without(seen, CLEO),
        sums_add_up,
        '"first" has an audience of 4, but sent and skipped are 3.',
    ),
    (
        "a state that Twilio has not",
        lambda seen: first_report(seen, states={**seen.sendings[0].report.states, "sent": 1, "delivered": 0}),
        reports_are_true,
        'Of "first" Twilio has 1 delivered, the report 0.',
    ),
    (
        "another sender",
        lambda seen: second_requests(seen, request(ANN, 102.0, service=OTHER)),
        only_marketing_service,
        "A message to ***01 left through another sender.",
    ),
    (
        "a text of no campaign",
        lambda seen: replace(seen, others=[request(ANN, 2.0)]),
        only_marketing_service,
        "***01 got a text of neither campaign.",
    ),
    (
        "a flow run that crashed",
        lambda seen: first_with(seen, flow_run="CRASHED"),
        flow_runs_completed,
        'The flow run of "first" is CRASHED.',
    ),
    (
        "a campaign that is not finished",
        lambda seen: first_report(seen, state="sending"),
        flow_runs_completed,
        'The campaign "first" is sending.',
    ),
]


def test_an_honest_demo_keeps_every_promise(honest: Evidence) -> None:
    assert [promise.broken for promise in judge(honest)] == [[]] * len(PROMISES)


@pytest.mark.parametrize(
    ("spoil", "promise", "told"), [case[1:] for case in BREACHES], ids=[case[0] for case in BREACHES]
)
def test_a_breach_is_told(
    honest: Evidence, spoil: Callable[[Evidence], Evidence], promise: Callable[[Evidence], Promise], told: str
) -> None:
    assert told in promise(spoil(honest)).broken


@pytest.mark.parametrize(
    ("what", "seen"),
    [
        ("begun within the second", [stop(CLEO, 100.0, 100.2)]),
        ("begun before the answer", [stop(CLEO, 100.9, 101.3)]),
    ],
)
def test_a_request_that_a_stop_could_not_overtake_breaks_nothing(
    honest: Evidence, what: str, seen: list[Heard]
) -> None:
    assert silence_after_stop(replace(honest, heard=seen)).is_kept, what


def test_who_stops_while_a_campaign_is_sent_need_not_be_texted(honest: Evidence) -> None:
    early = replace(without(honest, ANN), heard=[*honest.heard, stop(ANN, 0.5, 0.6)])
    assert nobody_lost(early).is_kept


def test_figures_tell_how_much_was_judged(honest: Evidence) -> None:
    early = replace(honest, heard=[*honest.heard, stop(DAN, 0.5, 0.6)])
    assert silence_after_stop(early).figures == "2 STOPs, 1 of them before their turn had come"
    assert reports_are_true(honest).figures == "3 delivered, 1 undelivered, 1 refused"
