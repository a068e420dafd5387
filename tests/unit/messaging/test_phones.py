"""Phone numbers as they come in files and forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging import phones
from messaging.phone_refusals import SENTENCES, PhoneFault, PhoneRefused
from messaging.phones import Phone

US = Phone("+12025550123", "US")
GB = Phone("+442079460123", "GB")


@pytest.mark.parametrize(
    ("label", "raw", "region", "phone"),
    [
        ("digits", "2025550123", "US", US),
        ("as people write", "(202) 555-0123", "US", US),
        ("dots", "202.555.0123", "US", US),
        ("national prefix", "1-202-555-0123", "US", US),
        ("region in lower case", "2025550123", "us", US),
        ("own country code wins", "+44 20 7946 0123", "US", GB),
        ("no region needed", "+442079460123", None, GB),
        ("zero in brackets", "+44 (0)20 7946 0123", None, GB),
        ("00 prefix", "0044 20 7946 0123", "US", GB),
        ("00 in brackets", "(0044) 20 7946 0123", None, GB),
        ("dialled from the US", "011 44 20 7946 0123", "US", GB),
        ("trunk zero", "020 7946 0123", "GB", GB),
        ("Australia", "0491 570 156", "AU", Phone("+61491570156", "AU")),
        ("Germany, slash", "030/23125 123", "DE", Phone("+493023125123", "DE")),
        ("tel URI", "tel:+1-202-555-0123", None, US),
        ("Twilio's WhatsApp address", "whatsapp:+12025550123", None, US),
        ("scheme in capitals", "TEL: 2025550123", "US", US),
        ("spreadsheet's apostrophe", "'2025550123", "US", US),
        ("curly apostrophe", "\u20182025550123", "US", US),
        ("spreadsheet's formula", '="2025550123"', "US", US),
        ("float", "2025550123.0", "US", US),
        ("float with country code", "+12025550123.00", None, US),
        ("full-width digits", "\uff12\uff10\uff12\uff15\uff15\uff15\uff10\uff11\uff12\uff13", "US", US),
        ("full-width plus", "\uff0b12025550123", None, US),
        ("Arabic digits", "٢٠٢٥٥٥٠١٢٣", "US", US),
        ("spaces around", " \t2025550123\n", "US", US),
        ("no-break spaces", "202\u00a0555\u00a00123", "US", US),
        ("byte order mark", "\ufeff2025550123", "US", US),
        ("direction marks", "\u202a+12025550123\u202c", None, US),
        ("NUL", "2025550123\x00", "US", US),
        ("dashes around", "--2025550123--", "US", US),
        ("comma after", "2025550123,", "US", US),
        ("a whole number of six digits", "225432", "FO", Phone("+298225432", "FO")),
        ("of no country", "+800 1234 5678", None, Phone("+80012345678", None)),
    ],
)
def test_reads(label: str, raw: str, region: str | None, phone: Phone) -> None:
    assert phones.parse(raw, region=region) == phone, label


@pytest.mark.parametrize(
    ("label", "raw", "region", "code"),
    [
        ("empty", "", "US", PhoneFault.EMPTY),
        ("blank", " \u00a0\t", "US", PhoneFault.EMPTY),
        ("only an apostrophe", "'", "US", PhoneFault.EMPTY),
        ("only a scheme", "tel:", "US", PhoneFault.EMPTY),
        ("n/a", "n/a", "US", PhoneFault.NOT_A_NUMBER),
        ("a dash", "-", "US", PhoneFault.NOT_A_NUMBER),
        ("a plus", "+", None, PhoneFault.NOT_A_NUMBER),
        ("an address", "ana@example.com", "US", PhoneFault.NOT_A_NUMBER),
        ("power of ten", "4.47946E+11", "GB", PhoneFault.SPREADSHEET),
        ("power of ten, comma", "2,02556e9", "US", PhoneFault.SPREADSHEET),
        ("two numbers, slash", "+1 202 555 0123 / 202 555 0124", "US", PhoneFault.SEVERAL),
        ("two numbers, comma", "2025550123,2025550124", "US", PhoneFault.SEVERAL),
        ("two numbers, lines", "2025550123\n2025550124", "US", PhoneFault.SEVERAL),
        ("extension x", "202-555-0123 x123", "US", PhoneFault.EXTENSION),
        ("extension in words", "202-555-0123 ext. 9", "US", PhoneFault.EXTENSION),
        ("extension #", "202-555-0123 #9", "US", PhoneFault.EXTENSION),
        ("extension of a URI", "tel:+1-202-555-0123;ext=5", None, PhoneFault.EXTENSION),
        ("vanity", "1-800-FLOWERS", "US", PhoneFault.LETTERS),
        ("words before", "call 2025550123", "US", PhoneFault.LETTERS),
        ("words after", "2025550123 (mobile)", "US", PhoneFault.LETTERS),
        ("no country", "2025550123", None, PhoneFault.UNKNOWN_COUNTRY),
        ("no such region", "2025550123", "XX", PhoneFault.UNKNOWN_COUNTRY),
        ("no such country code", "+999123456789", "US", PhoneFault.UNKNOWN_COUNTRY),
        ("short code", "12345", "US", PhoneFault.SHORT_CODE),
        ("short code, no region", "12345", None, PhoneFault.SHORT_CODE),
        ("emergency", "911", "US", PhoneFault.SHORT_CODE),
        ("one digit", "1", "US", PhoneFault.TOO_SHORT),
        ("a digit missing", "202555012", "US", PhoneFault.TOO_SHORT),
        ("no area code", "555-0123", "US", PhoneFault.LOCAL_ONLY),
        ("a digit too many", "20255501234", "US", PhoneFault.TOO_LONG),
        ("far too many", "2" * 300, "US", PhoneFault.TOO_LONG),
        ("a length between two that exist", "+65 222 222 222", None, PhoneFault.WRONG_LENGTH),
        ("16 digits in all", "+49 30000000000000", None, PhoneFault.TOO_LONG),
        ("area code 123", "123 456 7890", "US", PhoneFault.POSSIBLE_NOT_VALID),
    ],
)
def test_refuses(label: str, raw: str, region: str | None, code: PhoneFault) -> None:
    with pytest.raises(PhoneRefused) as refusal:
        phones.parse(raw, region=region)
    assert refusal.value.code is code, label
    assert str(refusal.value) == SENTENCES[code]


def test_a_possible_number_is_taken_when_asked() -> None:
    assert phones.parse("123 456 7890", region="US", accept="possible") == Phone("+11234567890", None)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", PhoneFault.EMPTY),
        ("2025550123 x1", PhoneFault.EXTENSION),
        ("12345", PhoneFault.SHORT_CODE),
        ("+1 20255501234", PhoneFault.TOO_LONG),
        ("4.47946E+11", PhoneFault.SPREADSHEET),
        ("+43 000000", PhoneFault.POSSIBLE_NOT_VALID),
    ],
)
@pytest.mark.parametrize("region", ["US", "DE"])
def test_possible_takes_nothing_else(raw: str, code: PhoneFault, region: str) -> None:
    with pytest.raises(PhoneRefused) as refusal:
        phones.parse(raw, region=region, accept="possible")
    assert refusal.value.code is code


def test_every_code_has_a_sentence() -> None:
    assert set(SENTENCES) == set(PhoneFault)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [("+12025550123", "(202) 555-0123"), ("+442079460123", "020 7946 0123"), ("12345", "12345"), ("ACME", "ACME")],
)
def test_national(stored: str, shown: str) -> None:
    assert phones.national(stored) == shown


def test_mask_shows_two_digits() -> None:
    assert phones.mask("+12025550123") == "***23"


REGIONS = st.sampled_from([None, "US", "GB", "AU", "DE", "IT", "BR", "MX", "AR", "CI", "XX", ""])
SCRIBBLES = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789+()- .xe/٣３'E", max_size=25),
    st.from_regex(r"\A\+?[0-9]{6,15}\Z"),
)


def attempt(raw: str, region: str | None, accept: str) -> Phone | PhoneFault:
    try:
        return phones.parse(raw, region=region, accept="possible" if accept == "possible" else "valid")
    except PhoneRefused as refusal:
        return refusal.code


@given(raw=SCRIBBLES, region=REGIONS, accept=st.sampled_from(["valid", "possible"]))
def test_anything_is_read_or_refused_and_what_is_read_reads_the_same_again(
    raw: str, region: str | None, accept: str
) -> None:
    outcome = attempt(raw, region, accept)
    if isinstance(outcome, Phone):
        assert attempt(outcome.e164, None, accept) == outcome
        assert attempt(outcome.e164, "US", accept) == outcome
        assert outcome.e164[0] == "+"
        assert outcome.e164[1:].isdigit()
        assert len(outcome.e164) <= 16
