"""The short way to read plain numbers gives what libphonenumber gives, or leaves the number to it."""

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from messaging.plain_phones import read_plain

CODES = st.sampled_from(sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE))
REGIONS = st.sampled_from([None, "US", "CA", "BS", "GB", "DE", "IT", "us"])
INTERNATIONAL = st.builds(
    lambda code, rest: f"+{code}{rest}", CODES, st.text(alphabet="0123456789", min_size=4, max_size=12)
)
NORTH_AMERICAN = st.builds(
    lambda start, rest: f"{start}{rest}", st.sampled_from(["", "1", "+1"]), st.from_regex(r"\A[2-9]\d{9}\Z")
)
SCRIBBLES = st.text(alphabet="0123456789+()- .", max_size=20)


def in_full(raw: str, region: str | None) -> tuple[str, str | None] | None:
    """What the whole of libphonenumber makes of it, None for what is not valid."""
    try:
        number = phonenumbers.parse(raw, region.upper() if region else None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or number.extension:
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return e164, phonenumbers.region_code_for_number(number)


@settings(max_examples=1500, deadline=None)
@given(raw=st.one_of(INTERNATIONAL, NORTH_AMERICAN, SCRIBBLES), region=REGIONS)
@example(raw="(202) 555-0123", region="US")
@example(raw="+44 (0)20 7946 0123", region=None)
@example(raw="+39 06 1234567", region=None)
@example(raw="+54 9 11 1234 5678", region=None)
@example(raw="1-242-555-0123", region="BS")
def test_never_differs_from_the_whole(raw: str, region: str | None) -> None:
    plain = read_plain(raw, region=region)
    assert plain is None or plain == in_full(raw, region)


MOBILE_EXAMPLES = {
    region: number
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    if (number := phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE))
}


@pytest.mark.parametrize("number", MOBILE_EXAMPLES.values(), ids=MOBILE_EXAMPLES)
def test_examples_of_every_country_are_read_alike(number: phonenumbers.PhoneNumber) -> None:
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert read_plain(e164, region=None) in (None, in_full(e164, None))


@pytest.mark.parametrize(
    ("raw", "region", "read"),
    [
        ("+12025550123", None, ("+12025550123", "US")),
        ("(202) 555-0123", "US", ("+12025550123", "US")),
        ("1 202 555 0123", "CA", ("+12025550123", "US")),
        ("+44 20 7946 0123", None, ("+442079460123", "GB")),
        ("+49 30 23125123", "US", ("+493023125123", "DE")),
        ("2025550123", "GB", None),
        ("2025550123.0", "US", None),
        ("12345", "US", None),
        ("123 456 7890", "US", None),
    ],
)
def test_is_taken_for_the_usual_and_for_nothing_else(
    raw: str, region: str | None, read: tuple[str, str] | None
) -> None:
    assert read_plain(raw, region=region) == read
