"""The file that says what a sender sends from, and how its mistakes are told."""

import pytest

from messaging.compliance.numbers import Registration, SenderKind, SenderNumber
from models.compliance.definition import parse_numbers
from models.yaml_source import DefinitionError

WRITTEN = """
numbers:
  - number: "+12025550100"
    registration: registered
    brand: BN1
    campaign: CM1
    trust_score: 82
  - {number: "72345", country: CA}
  - {number: Acme}
"""


def test_what_is_written_is_read() -> None:
    assert parse_numbers(WRITTEN, where="pool.yaml", channel="sms") == [
        SenderNumber(
            address="+12025550100",
            kind=SenderKind.TEN_DLC,
            country="US",
            registration=Registration.REGISTERED,
            brand="BN1",
            campaign="CM1",
            trust_score=82,
        ),
        SenderNumber(address="72345", kind=SenderKind.SHORT_CODE, country="CA"),
        SenderNumber(address="Acme", kind=SenderKind.ALPHANUMERIC),
    ]


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        ("number: x", 'line 1, column 1: there is no key "number"; did you mean "numbers"?'),
        ("{}", 'line 1, column 1: "numbers" is missing; add it.'),
        ("numbers: []", "numbers is an empty list"),
        ("numbers: [{brand: BN1}]", '"number" is missing'),
        ('numbers: [{number: "72345"}]', "72345 is a short code; say of which country"),
        ('numbers: [{number: "12 34"}]', "12 34 is no sender; give a number like +12025550100"),
        ("numbers: [{number: Acme}, {number: Acme}]", "Acme is written twice; keep one"),
        ("numbers: [{number: Acme, registration: verified}]", 'there is no registration "verified"; known are'),
        ("numbers: [{number: Acme, registration: registred}]", 'did you mean "registered"?'),
        (
            "numbers: [{number: Acme, trust_score: 101}]",
            "trust_score must be a whole number from 0 to 100, not 101",
        ),
        ("numbers: [{number: Acme, country: Spain}]", "country must be two capital letters"),
    ],
)
def test_a_mistake_is_told_with_its_place(written: str, refusal: str) -> None:
    with pytest.raises(DefinitionError, match=r"^pool\.yaml, line 1, column") as refused:
        parse_numbers(written, where="pool.yaml", channel="sms")
    assert refusal in str(refused.value)
