"""Why a phone number is refused: the codes, and the sentence that people read for each."""

from enum import StrEnum

from messaging.errors import TidingsError


class PhoneFault(StrEnum):
    """Reasons, stable for reports and the refused rows of an import."""

    EMPTY = "empty"
    SPREADSHEET = "spreadsheet"
    SEVERAL = "several"
    EXTENSION = "extension"
    LETTERS = "letters"
    NOT_A_NUMBER = "not_a_number"
    UNKNOWN_COUNTRY = "unknown_country"
    SHORT_CODE = "short_code"
    TOO_SHORT = "too_short"
    LOCAL_ONLY = "local_only"
    TOO_LONG = "too_long"
    WRONG_LENGTH = "wrong_length"
    POSSIBLE_NOT_VALID = "possible_not_valid"


SENTENCES: dict[PhoneFault, str] = {
    PhoneFault.EMPTY: "There is no phone number; fill it in.",
    PhoneFault.SPREADSHEET: (
        "A spreadsheet turned the number into a power of ten and lost its last digits; "
        "export the column again as text."
    ),
    PhoneFault.SEVERAL: "There is more than one number; keep the one to write to.",
    PhoneFault.EXTENSION: "The number has an extension, which cannot receive messages; give a direct number.",
    PhoneFault.LETTERS: "The number has letters in it; write it in digits.",
    PhoneFault.NOT_A_NUMBER: "This is not a phone number; write it in digits, as +12025550123.",
    PhoneFault.UNKNOWN_COUNTRY: (
        "The country of the number is not known; begin it with + and the country code, or name a default region."
    ),
    PhoneFault.SHORT_CODE: "This is a short code, which cannot receive messages; give a full number.",
    PhoneFault.TOO_SHORT: "The number has too few digits for its country; check it for missing ones.",
    PhoneFault.LOCAL_ONLY: "The number lacks its area code; write it in full.",
    PhoneFault.TOO_LONG: "The number has too many digits for its country; check it for extra ones.",
    PhoneFault.WRONG_LENGTH: "Numbers of this country do not have this many digits; check it.",
    PhoneFault.POSSIBLE_NOT_VALID: (
        "The number has the right length but is not in use in its country's numbering plan; "
        "check it, or accept possible numbers."
    ),
}


class PhoneRefused(TidingsError):
    """A number that cannot be written to. `code` says why; the text never holds the number itself."""

    def __init__(self, code: PhoneFault) -> None:
        super().__init__(SENTENCES[code])
        self.code = code
