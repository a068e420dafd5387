"""The section `quiet_hours` of a policy: what it means, and mistakes with their place."""

import pytest

from messaging.quiet_hours.rules import ELSEWHERE
from messaging.quiet_hours.weeks import HoursRefused
from models.policy.definition import Policy, parse
from models.policy.quiet_hours_section import hours_of
from models.policy.spelled import spell_out
from models.yaml_source import DefinitionError

WHOLE = """
quiet_hours:
  applies_to: [marketing, transactional]
  hours:
    US: {daily: 09:00-20:00}
    US-RI: {daily: 08:00-21:00}
    DE: {mon-fri: 09:00-20:00, sat: 10:00-18:00, holidays: closed}
    elsewhere: {daily: 10:00-18:00}
  instead_of_the_law: [US-RI]
"""


def test_a_section_adds_rules_to_the_law() -> None:
    section = parse(WHOLE, where="p").quiet_hours
    hours = hours_of(section)
    assert hours.applies_to == {"marketing", "transactional"}
    told = {
        region: [str(rule) for rule in hours.rulebook.of_region(region)] for region in ("US", "US-RI", "DE", "AT")
    }
    assert told == {
        "US": ["daily 08:00-21:00", "daily 09:00-20:00"],
        "US-RI": ["daily 08:00-21:00", "daily 09:00-20:00", "daily 08:00-21:00"],
        "DE": ["mon-fri 09:00-20:00, sat 10:00-18:00, not on holidays"],
        "AT": ["daily 10:00-18:00"],
    }
    (told_of,) = section.loosened()
    assert told_of.startswith(
        "quiet_hours: in US-RI your hours (daily 08:00-21:00) hold instead of mon-fri 09:00-18:00"
    )


def test_spelled_out_it_means_the_same() -> None:
    policy = parse(WHOLE, where="p")
    assert parse(spell_out(policy), where="p").quiet_hours == policy.quiet_hours
    assert hash(parse(spell_out(policy), where="p").quiet_hours) == hash(policy.quiet_hours)


def test_by_default_marketing_is_held_by_law_alone() -> None:
    section = Policy().quiet_hours
    hours = hours_of(section)
    assert hours.applies_to == {"marketing"}
    assert [rule.region for rule in hours.rulebook.of_region("US-FL")] == ["US", "US-FL"]
    assert [rule.region for rule in hours.rulebook.of_region("DE")] == [ELSEWHERE]
    assert section.loosened() == []


@pytest.mark.parametrize(
    ("label", "section", "sentence"),
    [
        ("an unknown key", "hour: {}", 'line 2, column 3: there is no key "hour"; did you mean "hours"?'),
        ("an unknown type", "applies_to: [promo]", 'column 16: applies_to cannot be "promo"'),
        ("hours that are none", "hours: {US: {daily: 9am}}", '"9am" are no hours; write them as 09:00-20:00'),
        ("no day", "hours: {DE: {holidays: closed}}", "no day has hours"),
        ("a region that is none", "hours: {XX: {daily: 09:00-10:00}}", 'there is no region "XX"'),
        ("a law set aside without hours", "instead_of_the_law: [US-TX]", 'cannot be "US-TX"; give it hours first'),
        (
            "holidays of no country",
            "hours: {elsewhere: {daily: 09:00-10:00, holidays: closed}}",
            "has no holidays",
        ),
        (
            "holidays that are neither",
            "hours: {DE: {daily: 09:00-10:00, holidays: off}}",
            "must be open or closed",
        ),
    ],
)
def test_mistakes_are_told_with_their_place(label: str, section: str, sentence: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse(f"quiet_hours:\n  {section}\n", where="policy.yaml")
    assert sentence in str(refused.value), label
    assert str(refused.value).startswith("policy.yaml, line 2")


@pytest.mark.parametrize(
    ("label", "hours", "region"),
    [
        ("before the law's", "US: {daily: 05:00-07:00}", "US"),
        ("after those of one state", "US: {daily: 20:30-21:00}", "US-CT"),
        ("only on Sundays in France", "FR: {sun: 09:00-12:00}", "FR"),
    ],
)
def test_hours_that_never_meet_the_laws_are_refused_when_they_are_set(label: str, hours: str, region: str) -> None:
    section = parse(f"quiet_hours:\n  hours:\n    {hours}\n", where="p").quiet_hours
    with pytest.raises(HoursRefused, match=f"^{region} would have no hours for 8 days"):
        section.check()
    assert label
