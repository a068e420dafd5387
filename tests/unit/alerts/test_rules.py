"""When an alert is raised: a table of cases, and what holds of any figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.alert_rules import AlertKind, AlertRule, Ended, sentence, too_many

RULE = AlertRule(failure_rate=0.2, opt_out_rate=0.05, minimum=50, window_seconds=3600.0, pause=False)
FAILURES, OPT_OUTS = AlertKind.FAILURES, AlertKind.OPT_OUTS


@pytest.mark.parametrize(
    ("ended", "kinds"),
    [
        pytest.param(Ended(0, 0, 0), [], id="nothing ended"),
        pytest.param(Ended(49, 49, 49), [], id="too few to judge"),
        pytest.param(Ended(50, 9, 2), [], id="below both"),
        pytest.param(Ended(50, 10, 2), [FAILURES], id="failures just there"),
        pytest.param(Ended(60, 0, 3), [OPT_OUTS], id="opt-outs just there"),
        pytest.param(Ended(60, 60, 60), [FAILURES, OPT_OUTS], id="both"),
    ],
)
def test_rates(ended: Ended, kinds: list[AlertKind]) -> None:
    assert too_many(ended, RULE) == kinds


@given(total=st.integers(0, 1_000), failures=st.integers(0, 1_000), rate=st.floats(0.01, 1.0))
def test_more_failures_never_end_an_alert(total: int, failures: int, rate: float) -> None:
    rule = RULE.changed_by({"failure_rate": rate})
    few, more = (Ended(total, min(count, total), 0) for count in (failures, failures + 1))
    assert set(too_many(few, rule)) <= set(too_many(more, rule))


def test_a_campaign_changes_only_what_it_names() -> None:
    own = {"failure_rate": 0.5, "window_minutes": 10, "pause": True}
    changed = AlertRule(failure_rate=0.5, opt_out_rate=0.05, minimum=50, window_seconds=600.0, pause=True)
    assert RULE.changed_by(own) == changed
    assert RULE.changed_by({}) == RULE


def test_people_read_figures_and_threshold() -> None:
    said = sentence(FAILURES, counted=1_200, total=4_000, threshold=0.2, window_seconds=1800.0)
    assert said == (
        "1,200 of 4,000 messages that ended within 30 min failed (30.0%); an alert is raised at 20.0%."
    )
