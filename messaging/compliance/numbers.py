"""A number or name that a sender sends from: its kind, told by its form, and what is known of its registration."""

import re
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

from messaging.errors import TidingsError

_SHORT_CODE = re.compile(r"[0-9]{4,8}")
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 &_+-]{1,11}")


class NotASender(TidingsError):
    """What was given is neither a number nor a name that messages could come from."""


class SenderKind(StrEnum):
    """What carriers treat alike. A `10dlc` is any North American number that is not toll-free."""

    TEN_DLC = "10dlc"
    TOLL_FREE = "toll_free"
    SHORT_CODE = "short_code"
    LONG_CODE = "long_code"
    ALPHANUMERIC = "alphanumeric"
    WHATSAPP = "whatsapp"


class Registration(StrEnum):
    """How far a 10DLC campaign's registration, a toll-free verification or WhatsApp's approval has come."""

    UNKNOWN = "unknown"
    UNREGISTERED = "unregistered"
    PENDING = "pending"
    REGISTERED = "registered"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderNumber:
    """A number in E.164, a short code or a name; `country` is its own, None for a name.

    `brand` and `campaign` are those of A2P 10DLC, whose numbers share its throughput; `trust_score` is from 0 to
    100, None for a brand that was not vetted. `quality` and `daily_people` are WhatsApp's: how people rate it, and
    how many different ones it may write to first in 24 hours.
    """

    address: str
    kind: SenderKind
    country: str | None = None
    registration: Registration = Registration.UNKNOWN
    brand: str | None = None
    campaign: str | None = None
    trust_score: int | None = None
    low_volume: bool = False
    quality: str | None = None
    daily_people: int | None = None

    @property
    def is_blocked(self) -> bool:
        """Whether it is known to lack a registration; of one of which nothing is known that cannot be said."""
        return self.registration not in (Registration.UNKNOWN, Registration.REGISTERED)


def kind_and_country(address: str, *, channel: str, country: str | None) -> tuple[SenderKind, str | None]:
    """What an address is, and its own country; `country` is needed for short codes only. Raises `NotASender`."""
    if _SHORT_CODE.fullmatch(address):
        if country is None:
            raise NotASender(f"{address} is a short code; say of which country, such as country: US.")
        return SenderKind.SHORT_CODE, country
    if not address.startswith("+") and _NAME.fullmatch(address):
        return SenderKind.ALPHANUMERIC, None
    number = _number(address)
    region = phonenumbers.region_code_for_number(number)
    if channel == "whatsapp":
        return SenderKind.WHATSAPP, region
    if number.country_code != 1:
        return SenderKind.LONG_CODE, region
    if phonenumbers.number_type(number) is PhoneNumberType.TOLL_FREE:
        return SenderKind.TOLL_FREE, "US"
    return SenderKind.TEN_DLC, region


def _number(address: str) -> phonenumbers.PhoneNumber:
    try:
        number = phonenumbers.parse(address)
    except NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise NotASender(
            f"{address[:40]} is no sender; give a number like +12025550100, a short code, or a name of 11 letters."
        )
    return number
