"""The judge finds what it is there to find: a chaos run that cannot fail proves nothing."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tests.chaos.blows import EARLIEST, LATEST, Target, draw_blows
from tests.chaos.judge import OBEYED_AFTER, Evidence, judge, masked

ADA, BOB, EVE = "+12025550101", "+12025550102", "+12025550103"


def entry(phone: str, *, sid: str = "", status: str = "delivered", at: float = 10.0) -> dict[str, Any]:
    return {"to": phone, "sid": sid or f"SM{phone}", "message_status": status, "received_monotonic": at}


def row(
    phone: str, state: str = "delivered", *, sid: str | None = "", reason: str | None = None
) -> dict[str, Any]:
    return {
        "phone": phone,
        "state": state,
        "twilio_sid": f"SM{phone}" if sid == "" else sid,
        "skip_reason": reason,
    }


SKIPPED = row(EVE, "skipped", sid=None, reason="no_consent")
WELL = Evidence(
    accepted=[entry(ADA), entry(BOB)],
    rows=[row(ADA), row(BOB), SKIPPED],
    eligible=frozenset({ADA, BOB}),
    stops={},
    audience=3,
    report={"delivered": 2, "skipped": 1},
)


def test_what_is_well_is_kept() -> None:
    assert judge(WELL).is_kept
    assert str(judge(WELL)) == "kept"


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        pytest.param({"accepted": [*WELL.accepted, entry(ADA, sid="SM2")]}, {"doubled", "report"}, id="twice"),
        pytest.param(
            {"accepted": [entry(BOB)], "rows": [row(ADA, "unknown", sid=None), row(BOB), SKIPPED]},
            {"lost", "left undecided", "wrong state"},
            id="lost",
        ),
        pytest.param({"eligible": frozenset({ADA})}, {"not eligible"}, id="without consent"),
        pytest.param({"stops": {ADA: 10.0 - OBEYED_AFTER - 0.1}}, {"sent after STOP"}, id="after STOP"),
        pytest.param({"rows": [row(ADA, sid="SM2"), row(BOB), SKIPPED]}, {"SID not ours"}, id="another's SID"),
        pytest.param(
            {"rows": [row(ADA), row(BOB), row(EVE)]},
            {"SID invented", "wrong state", "report"},
            id="a SID of nobody's",
        ),
        pytest.param(
            {"rows": [row(ADA, "claimed"), row(BOB), SKIPPED]},
            {"left undecided", "wrong state", "status behind"},
            id="claimed",
        ),
        pytest.param({"rows": [row(ADA, "read"), row(BOB), SKIPPED]}, {"status ahead"}, id="ahead"),
        pytest.param({"rows": [row(ADA, "sent"), row(BOB), SKIPPED]}, {"status behind"}, id="behind"),
        pytest.param(
            {"rows": [row(ADA), row(BOB), row(EVE, "skipped", sid=None)]}, {"wrong state"}, id="no reason"
        ),
        pytest.param({"report": {"delivered": 2}}, {"report"}, id="sums"),
        pytest.param({"incidents": 1}, {"report"}, id="incident"),
        pytest.param({"stopped_because": "paused"}, {"needs a person"}, id="paused"),
    ],
)
def test_a_breach_is_found(change: dict[str, Any], kinds: set[str]) -> None:
    assert set(judge(replace(WELL, **change)).breaches) == kinds


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"stops": {ADA: 10.0 - OBEYED_AFTER + 0.1}}, id="STOP too late to be heeded"),
        pytest.param({"stops": {ADA: None}}, id="STOP that we never answered"),
        pytest.param(
            {
                "stops": {ADA: 5.0},
                "accepted": [entry(BOB)],
                "rows": [row(ADA, "skipped", sid=None, reason="opted_out"), row(BOB), SKIPPED],
                "report": {"delivered": 1, "skipped": 2},
            },
            id="STOP heeded",
        ),
        pytest.param({"rows": [row(ADA, "sent"), row(BOB), SKIPPED], "callbacks_lost": 1}, id="lost callback"),
    ],
)
def test_what_may_happen_is_no_breach(change: dict[str, Any]) -> None:
    assert judge(replace(WELL, **change)).is_kept


def test_numbers_are_masked() -> None:
    told = str(judge(replace(WELL, eligible=frozenset({ADA}))))
    assert BOB not in told
    assert masked(BOB) in told


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("kills", [0, 1, 6, 11])
def test_a_seed_draws_the_same_blows_and_everyone_has_a_turn(seed: int, kills: int) -> None:
    drawn, again = (draw_blows(Random(seed), kills=kills) for _ in range(2))  # noqa: S311 (no secret)
    assert drawn == again
    assert kills <= sum(blow.kills for blow in drawn) <= kills + 1
    assert [blow.progress for blow in drawn] == sorted(blow.progress for blow in drawn)
    assert all(EARLIEST <= blow.progress <= LATEST for blow in drawn)
    if kills >= 6:
        assert {blow.target for blow in drawn} == set(Target)
