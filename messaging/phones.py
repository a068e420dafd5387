"""Phone numbers as people and spreadsheets write them, turned into E.164 by libphonenumber's rules."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

from messaging.phone_refusals import PhoneFault, PhoneRefused
from messaging.plain_phones import read_plain

_SCHEME = re.compile(r"(?:tel|sms|whatsapp):\s*", re.IGNORECASE)
_QUOTES = r"'\"`\u00b4\u2018-\u201f"  # a spreadsheet's mark for text, and what typing aids make of it
_AROUND = re.compile(rf"^[\s={_QUOTES}]+|[\s,;.{_QUOTES}]+$")
_POWER_OF_TEN = re.compile(r"\+?\d+(?:[.,]\d+)?[eE]\+?\d+")
_WHOLE_FLOAT = re.compile(r"(\+?\d{7,})\.0+")
_SEVERAL = re.compile(r"(?:\d[^\d/,;|&\n]*){7,}[/,;|&\n](?:[^\d/,;|&\n]*\d){7,}")
_SHORT_CODE = re.compile(r"\d{3,6}")  # Twilio's short codes have 5 or 6 digits, services' own as few as 3
_LONGEST = 16  # "+" and the 15 digits of ITU-T E.164; libphonenumber lets German numbers be longer
_LENGTH_FAULTS = {
    ValidationResult.INVALID_COUNTRY_CODE: PhoneFault.UNKNOWN_COUNTRY,
    ValidationResult.TOO_SHORT: PhoneFault.TOO_SHORT,
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: PhoneFault.LOCAL_ONLY,
    ValidationResult.TOO_LONG: PhoneFault.TOO_LONG,
    ValidationResult.INVALID_LENGTH: PhoneFault.WRONG_LENGTH,
}
_PARSE_FAULTS = {
    NumberParseException.INVALID_COUNTRY_CODE: PhoneFault.UNKNOWN_COUNTRY,
    NumberParseException.NOT_A_NUMBER: PhoneFault.NOT_A_NUMBER,
    NumberParseException.TOO_SHORT_AFTER_IDD: PhoneFault.TOO_SHORT,
    NumberParseException.TOO_SHORT_NSN: PhoneFault.TOO_SHORT,
    NumberParseException.TOO_LONG: PhoneFault.TOO_LONG,
}


@dataclass(frozen=True, slots=True)
class Phone:
    """A number to write to: E.164 ("+12025550123") and its ISO 3166 country, None where it has none."""

    e164: str
    country: str | None


def parse(raw: str, *, region: str | None, accept: Literal["valid", "possible"] = "valid") -> Phone:
    """The number in `raw`, read as dialled in `region` (ISO code) when it has no country code of its own.

    Takes Unicode digits, "00…", "tel:…", "whatsapp:…" and what spreadsheets add (an apostrophe, ".0").
    With `accept="possible"` a number of the right length is enough. Raises `PhoneRefused` for anything else.
    """
    plain = read_plain(raw, region=region)
    if plain is not None:
        return Phone(*plain)
    text = _cleaned(raw)
    number = _read(text, region=region)
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    short = _SHORT_CODE.fullmatch(text) is not None
    fault = _fault_of(number, e164, accept="valid" if short else accept)
    if fault is not None:
        raise PhoneRefused(PhoneFault.SHORT_CODE if short else fault)
    return Phone(e164=e164, country=_country(number))


def national(e164: str) -> str:
    """An E.164 number as its own country writes it, for display; a short code or name stays as it is."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(e164), PhoneNumberFormat.NATIONAL)
    except NumberParseException:
        return e164


def country_of(e164: str) -> str | None:
    """The ISO 3166 country of a number in E.164; None where it has none."""
    try:
        return _country(phonenumbers.parse(e164))
    except NumberParseException:
        return None


def mask(e164: str) -> str:
    """What a log may show of a number: its last two digits."""
    return f"***{e164[-2:]}"


def _cleaned(raw: str) -> str:
    visible = "".join(c for c in unicodedata.normalize("NFKC", raw) if c.isspace() or c.isprintable())
    text = _AROUND.sub("", _SCHEME.sub("", _AROUND.sub("", visible), count=1))
    if not text:
        raise PhoneRefused(PhoneFault.EMPTY)
    if _POWER_OF_TEN.fullmatch(text):
        raise PhoneRefused(PhoneFault.SPREADSHEET)
    if _SEVERAL.search(text):
        raise PhoneRefused(PhoneFault.SEVERAL)
    whole = _WHOLE_FLOAT.fullmatch(text)
    return re.sub(r"^\(?00(?=[1-9])", "+", whole[1] if whole else text)


def _read(text: str, *, region: str | None) -> PhoneNumber:
    try:
        number = phonenumbers.parse(text, region.upper() if region else None)
    except NumberParseException as error:
        raise PhoneRefused(_parse_fault(error, text)) from None
    if not number.extension and any(c.isalpha() for c in text):
        raise PhoneRefused(PhoneFault.LETTERS)
    return number


def _parse_fault(error: NumberParseException, text: str) -> PhoneFault:
    if _SHORT_CODE.fullmatch(text):
        return PhoneFault.SHORT_CODE
    if error.error_type == NumberParseException.NOT_A_NUMBER and text.strip("+- ").isdigit():
        return PhoneFault.TOO_SHORT
    return _PARSE_FAULTS[error.error_type]


def _fault_of(number: PhoneNumber, e164: str, *, accept: str) -> PhoneFault | None:
    if number.extension:
        return PhoneFault.EXTENSION
    length_fault = _LENGTH_FAULTS.get(phonenumbers.is_possible_number_with_reason(number))
    if length_fault or len(e164) > _LONGEST:
        return length_fault or PhoneFault.TOO_LONG
    if phonenumbers.is_valid_number(number) or (accept == "possible" and _reads_as_itself(e164)):
        return None
    return PhoneFault.POSSIBLE_NOT_VALID


def _reads_as_itself(e164: str) -> bool:
    """False for numbers such as +43 000000, whose zeros are read away: stored, they would match nothing."""
    try:
        again = phonenumbers.parse(e164)
    except NumberParseException:
        return False
    return phonenumbers.format_number(again, PhoneNumberFormat.E164) == e164


def _country(number: PhoneNumber) -> str | None:
    region = phonenumbers.region_code_for_number(number)
    return None if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY else region
