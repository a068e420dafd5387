"""Card numbers and their like are found as people write them, and what only looks like them is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.personal_data import Kind, find_personal_data, mask_all, mask_cards

FOUND = [
    ("Visa", "Pay with 4111 1111 1111 1111 now", [(Kind.CARD, "4111 1111 1111 1111")]),
    ("without spaces", "4111111111111111", [(Kind.CARD, "4111111111111111")]),
    ("with hyphens", "5500-0055-5555-5559.", [(Kind.CARD, "5500-0055-5555-5559")]),
    ("American Express", "378282246310005", [(Kind.CARD, "378282246310005")]),
    ("at the end of a word", "card:6011000990139424", [(Kind.CARD, "6011000990139424")]),
    ("IBAN", "to DE89370400440532013000 please", [(Kind.IBAN, "DE89370400440532013000")]),
    (
        "IBAN in groups, a word behind",
        "GB82 WEST 1234 5698 7654 32 THANKS",
        [(Kind.IBAN, "GB82 WEST 1234 5698 7654 32")],
    ),
    ("SSN", "my number is 219-09-9999", [(Kind.SSN, "219-09-9999")]),
    (
        "two of them",
        "219-09-9999 and 4111111111111111",
        [(Kind.SSN, "219-09-9999"), (Kind.CARD, "4111111111111111")],
    ),
]
NOT_FOUND = [
    ("check digit wrong", "4111 1111 1111 1112"),
    ("no card begins so", "9999999999999995"),
    ("all zeros", "0000000000000000"),
    ("a phone number", "call +12025550123 or +442079460123"),
    ("an order number", "Order 20261121-4711 is ready"),
    ("a longer number", "41111111111111110000000"),
    ("an SSN never given out", "000-12-3456, 666-12-3456, 912-12-3456, 123-00-4567"),
    ("a date", "2026-11-21 18:00"),
    ("an IBAN with a wrong check digit", "DE88370400440532013000"),
    ("digits of another script", "٤١١١١١١١١١١١١١١١"),
]


@pytest.mark.parametrize(("text", "found"), [case[1:] for case in FOUND], ids=[case[0] for case in FOUND])
def test_is_found_where_it_stands(text: str, found: list[tuple[Kind, str]]) -> None:
    assert [(one.kind, text[one.start : one.end]) for one in find_personal_data(text)] == found


@pytest.mark.parametrize("text", [case[1] for case in NOT_FOUND], ids=[case[0] for case in NOT_FOUND])
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert find_personal_data(text) == []


def test_masked_but_for_the_last_four() -> None:
    text = "Card 4111 1111 1111 1111, IBAN DE89370400440532013000"
    assert mask_cards(text) == "Card **** **** **** 1111, IBAN DE89370400440532013000"
    assert mask_all(text, find_personal_data(text)) == "Card **** **** **** 1111, IBAN ******************3000"


@given(st.text(alphabet="0123456789 -abcDE", max_size=60))
def test_nothing_is_found_in_a_masked_text_and_its_length_stays(text: str) -> None:
    masked = mask_all(text, find_personal_data(text))
    assert len(masked) == len(text)
    assert find_personal_data(masked) == []
