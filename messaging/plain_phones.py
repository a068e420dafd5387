"""Phone numbers that are written plainly, read at a tenth of libphonenumber's price and by its own rules.

Plain is a full international number after a +, or a North American one, in digits with spaces, hyphens and
brackets at most. What such a number is, libphonenumber decides by a few patterns of its metadata: here they are
put together into one for each country code. Everything else, and all that is refused, is left to the whole of it.
"""

import re
from functools import cache

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

_PLAIN = re.compile(r"\(?(\+?)\d[\d ()-]*\d")
_PUNCTUATION = str.maketrans("", "", "+ ()-")
_NORTH_AMERICAN = re.compile(r"1?([2-9]\d{9})")
_COUNTRY_CODES = {str(code): code for code in COUNTRY_CODE_TO_REGION_CODE}
_MOST_DIGITS = 15  # ITU-T E.164
_KINDS = (
    *("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost"),
    *("personal_number", "voip", "pager", "uan", "voicemail"),
)


def read_plain(raw: str, *, region: str | None) -> tuple[str, str] | None:
    """E.164 and country of a valid number that is written plainly; None says nothing but "look more closely"."""
    plain = _PLAIN.fullmatch(raw) if raw.isascii() else None
    if plain is None:
        return None
    digits = raw.translate(_PUNCTUATION)
    if plain[1]:
        return _international(digits)
    if region is None or phonenumbers.country_code_for_region(region.upper()) != 1:
        return None
    national = _NORTH_AMERICAN.fullmatch(digits)
    return _international(f"1{national[1]}") if national else None


def _international(digits: str) -> tuple[str, str] | None:
    if len(digits) > _MOST_DIGITS:
        return None
    for length in (1, 2, 3):
        if digits[:length] in _COUNTRY_CODES:
            rules = _rules(_COUNTRY_CODES[digits[:length]])
            if rules and rules[0].fullmatch(digits, length):
                return f"+{digits}", rules[1]
            return None
    return None


@cache
def _rules(country_code: int) -> tuple[re.Pattern[str], str] | None:
    """What valid national numbers of a country code's main country look like, and that country.

    None where the main country is told by its leading digits. Numbers that begin as if with a national prefix,
    or with a zero, are not matched: they may be read otherwise.
    """
    region = COUNTRY_CODE_TO_REGION_CODE[country_code][0]
    metadata = PhoneMetadata.metadata_for_region(region, None)
    if metadata is None or metadata.general_desc is None or metadata.leading_digits is not None:
        return None
    general = metadata.general_desc.national_number_pattern
    kinds = [getattr(metadata, kind) for kind in _KINDS]
    patterns = [_of_length(kind) for kind in kinds if kind is not None and kind.national_number_pattern]
    prefix = f"(?!{metadata.national_prefix_for_parsing})" if metadata.national_prefix_for_parsing else ""
    return re.compile(rf"(?!0){prefix}(?=(?:{general})\Z)(?:{'|'.join(patterns)})"), region


def _of_length(kind: phonenumbers.PhoneNumberDesc) -> str:
    lengths = "|".join(rf"\d{{{length}}}\Z" for length in kind.possible_length)
    return (
        rf"(?={lengths})(?:{kind.national_number_pattern})" if lengths else f"(?:{kind.national_number_pattern})"
    )
