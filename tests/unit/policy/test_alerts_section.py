"""The section `alerts` of a policy: what may be written, what it changes, and how a mistake is told."""

import pytest

from messaging.alert_rules import AlertRule
from models.policy.alerts_section import Alerts
from models.policy.definition import parse
from models.policy.spelled import spell_out
from models.yaml_source import DefinitionError

USUAL = AlertRule(failure_rate=0.2, opt_out_rate=0.05, minimum=50, window_seconds=3600.0, pause=False)


@pytest.mark.parametrize(
    ("label", "written", "alerts"),
    [
        ("nothing said", "caps: {}", Alerts()),
        ("an empty section", "alerts: {}", Alerts()),
        ("some", "alerts: {failure_rate: 0.1, pause: true}", Alerts(failure_rate=0.1, pause=True)),
    ],
)
def test_what_is_written_holds_and_can_be_spelled_out(label: str, written: str, alerts: Alerts) -> None:
    policy = parse(written, where="policy.yaml")
    assert policy.alerts == alerts, label
    assert parse(spell_out(policy), where="spelled out").alerts == alerts


def test_what_is_not_said_is_as_the_settings_say() -> None:
    said = parse("alerts: {opt_out_rate: 0.5, window_minutes: 2, pause: false}", where="policy.yaml").alerts.said
    assert USUAL.changed_by(said) == AlertRule(
        failure_rate=0.2, opt_out_rate=0.5, minimum=50, window_seconds=120.0, pause=False
    )


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        ("alerts: {rate: 0.1}", 'line 1, column 10: there is no key "rate"'),
        ("alerts: {failure_rate: 20}", "failure_rate must be a share above 0 and up to 1, like 0.1, not 20"),
    ],
)
def test_a_mistake_is_told_with_its_place(written: str, refusal: str) -> None:
    with pytest.raises(DefinitionError) as told:
        parse(written, where="policy.yaml")
    assert refusal in str(told.value)
