"""The policy's section on retention: its defaults, and its mistakes with their place."""

import pytest

from messaging.personal_data import Kind
from models.policy.definition import Policy, parse
from models.policy.retention_section import Retention
from models.yaml_source import DefinitionError


def test_what_is_not_said_keeps_its_default() -> None:
    found = parse("retention: {bodies_days: 30, ibans: refuse}", where="policy.yaml").retention
    assert found == Retention(bodies_days=30, ibans="refuse")
    assert found.handling(Kind.IBAN) == "refuse"
    assert Policy().retention.handling(Kind.CARD) == "refuse"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("bodies_days: 0", "bodies_days must be a whole number from 1 to 3,650, not 0"),
        ("media_days: forever", "media_days must be a number, not a text"),
        ("cards: hide", 'cards cannot be "hide"; known are refuse, mask, allow'),
        ("ibans: masks", 'ibans cannot be "masks"; did you mean "mask"?'),
        ("consents_days: 3", 'there is no key "consents_days"; did you mean "answers_days"?'),
    ],
)
def test_a_mistake_is_told_with_its_place(written: str, reason: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse(f"retention:\n  {written}", where="policy.yaml")
    assert reason in str(refused.value)
    assert refused.value.line == 2
