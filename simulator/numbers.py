"""Phone numbers and channel addresses as Twilio takes them, and its magic test numbers.

Magic numbers: https://www.twilio.com/docs/iam/test-credentials
"""

import re

from simulator.errors import TwilioError

CHANNELS = ("whatsapp:", "messenger:", "rcs:")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_NORTH_AMERICA = re.compile(r"\+1[2-9][0-9]{2}[2-9][0-9]{6}")
_SHORT_CODE = re.compile(r"[0-9]{3,6}")
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 _&+-]{1,11}")
_PUNCTUATION = str.maketrans("", "", " -().")

MAGIC_TO = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
MAGIC_FROM = {
    "+15005550000": 21212,
    "+15005550001": 21212,
    "+15005550007": 21606,
    "+15005550008": 21611,
}


def canonical(address: str) -> str:
    """The address with a number's punctuation removed and a bare US number made E.164."""
    channel, number = split_channel(address.strip())
    if channel in ("messenger:", "rcs:"):
        return address.strip()
    bare = number.translate(_PUNCTUATION)
    if re.fullmatch("[2-9][0-9]{9}", bare):
        bare = "+1" + bare
    elif re.fullmatch("1[2-9][0-9]{9}", bare):
        bare = "+" + bare
    return channel + bare


def split_channel(address: str) -> tuple[str, str]:
    """`whatsapp:+1…` as (`whatsapp:`, `+1…`); the channel of SMS is empty."""
    for channel in CHANNELS:
        if address.startswith(channel):
            return channel, address.removeprefix(channel)
    return "", address


def is_number(number: str) -> bool:
    """Whether the text has the shape of an E.164 number; in North America, ten digits of its plan."""
    shape = _NORTH_AMERICA if number.startswith("+1") else _E164
    return shape.fullmatch(number) is not None


def checked_to(given: str) -> str:
    """The recipient as Twilio keeps it. Raises `TwilioError` 21211, 21265 or a magic number's own code."""
    address = canonical(given)
    channel, number = split_channel(address)
    if number in MAGIC_TO:
        raise TwilioError(MAGIC_TO[number], number)
    if channel == "" and _SHORT_CODE.fullmatch(number):
        raise TwilioError(21265, number)
    if channel in ("", "whatsapp:") and not is_number(number):
        raise TwilioError(21211, given)
    return address


def checked_from(given: str, *, owned: list[str] | None) -> str:
    """The sender as Twilio keeps it. Raises `TwilioError` 21212, 21606 or a magic number's own code."""
    if _NAME.fullmatch(given):
        return given
    address = canonical(given)
    channel, number = split_channel(address)
    if number in MAGIC_FROM:
        raise TwilioError(MAGIC_FROM[number], number)
    if channel in ("", "whatsapp:") and not (is_number(number) or _SHORT_CODE.fullmatch(number)):
        raise TwilioError(21212, given)
    if owned is not None and address not in owned and number != "+15005550006":
        raise TwilioError(21606, given)
    return address
