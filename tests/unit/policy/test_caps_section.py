"""The section `caps` of a policy: what may be written, and how a mistake is told."""

import pytest

from models.policy.caps_section import Caps, MarketingCap
from models.policy.definition import parse
from models.policy.spelled import spell_out
from models.yaml_source import DefinitionError


@pytest.mark.parametrize(
    ("label", "written", "caps"),
    [
        ("nothing said", "consent: {}", Caps()),
        ("an empty section", "caps: {}", Caps()),
        (
            "two caps",
            "caps:\n  marketing:\n    - {messages: 2, hours: 24}\n    - {messages: 5, hours: 168}",
            Caps(marketing=(MarketingCap(2, 24), MarketingCap(5, 168))),
        ),
        ("states' caps put out of force", "caps: {by_law: false}", Caps(by_law=False)),
    ],
)
def test_what_is_written_holds_and_can_be_spelled_out(label: str, written: str, caps: Caps) -> None:
    policy = parse(written, where="policy.yaml")
    assert policy.caps == caps, label
    assert parse(spell_out(policy), where="spelled out").caps == caps


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        ("caps: {market: []}", 'line 1, column 8: there is no key "market"; did you mean "marketing"?'),
        ("caps: {marketing: []}", "line 1, column 19: marketing is an empty list, which nobody fits"),
        ("caps: {marketing: [{messages: 2}]}", 'line 1, column 20: "hours" is missing; write it like'),
        (
            "caps: {marketing: [{messages: 0, hours: 24}]}",
            "messages must be a whole number from 1 to 1,000, not 0",
        ),
        ("caps: {marketing: [{messages: 1, hours: 721}]}", "hours must be above 0 and at most 720, not 721"),
        ("caps: {by_law: maybe}", "by_law must be true or false, not a text"),
    ],
)
def test_a_mistake_is_told_with_its_place(written: str, refusal: str) -> None:
    with pytest.raises(DefinitionError, match=r"^policy\.yaml, line 1, column") as refused:
        parse(written, where="policy.yaml")
    assert refusal in str(refused.value)
