"""The section `consent` of a policy: what it changes, and the place of every mistake."""

import pytest

from messaging.consent.region_rules import ConsentRules, RegionRule
from models.policy.definition import parse
from models.yaml_source import DefinitionError


def rules(written: str) -> ConsentRules:
    return parse(f"consent: {written}", where="policy.yaml").consent


@pytest.mark.parametrize(
    ("written", "country", "expected"),
    [
        pytest.param("{}", "DE", RegionRule(double_opt_in=True, soft_opt_in=True), id="nothing is said"),
        pytest.param(
            "{countries: {DE: {soft_opt_in: false}}}",
            "DE",
            RegionRule(double_opt_in=True),
            id="one key of a country",
        ),
        pytest.param(
            "{countries: {DE: {soft_opt_in: false}}}", "GB", RegionRule(soft_opt_in=True), id="another stays"
        ),
        pytest.param("{double_opt_in: true}", "BR", RegionRule(double_opt_in=True), id="countries without a rule"),
        pytest.param("{double_opt_in: true}", "US", RegionRule(), id="not those that have one"),
        pytest.param(
            "{double_opt_in: true, countries: {BR: {max_age_days: 9}}}",
            "BR",
            RegionRule(double_opt_in=True, max_age_days=9),
            id="a new country begins with the general rule",
        ),
        pytest.param("{max_age_days: 730}", "US", RegionRule(max_age_days=730), id="an age for all"),
    ],
)
def test_what_it_changes(written: str, country: str, expected: RegionRule) -> None:
    assert rules(written).rule_of(country) == expected


@pytest.mark.parametrize(
    ("written", "column", "says"),
    [
        pytest.param("{max_age: 9}", 11, 'no key "max_age"; did you mean "max_age_days"?', id="a typo"),
        pytest.param("{max_age_days: 0}", 25, "max_age_days must be a whole number from 1 to 36,500", id="no age"),
        pytest.param("{double_opt_in: 1}", 26, "double_opt_in must be true or false", id="not a truth"),
        pytest.param("{countries: {UK: {}}}", 23, 'no country "UK"; use two letters', id="not a country"),
        pytest.param("{countries: {GB: {age: 1}}}", 28, 'there is no key "age"', id="a typo in a country"),
        pytest.param("{countries: [GB]}", 22, "countries must be keys with values, not a list", id="a list"),
    ],
)
def test_mistakes_have_their_place(written: str, column: int, says: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        rules(written)
    assert (refused.value.line, refused.value.column) == (1, column)
    assert says in str(refused.value)
