"""An organization's own words for STOP, in the section `opt_out` of its policy."""

import pytest

from models.policy.definition import parse
from models.policy.spelled import spell_out
from models.yaml_source import DefinitionError


def test_kept_as_they_are_compared() -> None:
    policy = parse("opt_out: {keywords: [' No Offers! ', no offers, Tschüss]}", where="policy.yaml")
    assert policy.opt_out.keywords == ("no offers", "tschüss")
    assert parse(spell_out(policy), where="spelled out") == policy


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        ("opt_out: {keywords: [start]}", '"start" already means start; choose another word'),
        ("opt_out: {keywords: ['!!!']}", "a keyword has 1 to 60 characters, with a letter or digit among them"),
        (f"opt_out: {{keywords: [{'x' * 61}]}}", "a keyword has 1 to 60 characters"),
        ("opt_out: {keywords: bye}", "keywords must be a list"),
    ],
)
def test_mistakes_are_told_with_their_place(written: str, refusal: str) -> None:
    with pytest.raises(DefinitionError) as told:
        parse(written, where="policy.yaml")
    assert refusal in str(told.value)
    assert "line 1" in str(told.value)
