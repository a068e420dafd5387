"""What a person says of an organization, checked before it is stored."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import phonenumbers

from messaging.errors import TidingsError
from messaging.secret_references import check_reference
from models.tenants.senders import SenderAddresses

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


class BadOrganization(TidingsError):
    """What was said of an organization cannot be; the text says what can."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of an organization, by column; None was not said, an empty text takes away.

    References are to secrets (`messaging.secret_references`); `rate` is in SMS segments a second, of each sender.
    """

    name: str | None = None
    twilio_account_sid: str | None = None
    auth_token_ref: str | None = None
    secondary_auth_token_ref: str | None = None
    api_key_sid: str | None = None
    api_key_secret_ref: str | None = None
    default_region: str | None = None
    senders: SenderAddresses = field(default_factory=SenderAddresses)
    rate: float | None = None

    def columns(self) -> dict[str, str | None]:
        """The columns that were said, as they are stored."""
        names = [each.name for each in fields(self) if each.name not in ("senders", "rate")]
        said = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        return {name: value or None for name, value in said.items()}

    def check(self) -> None:
        """Raises `BadOrganization` or `NotAReference` for the first thing that cannot be."""
        _require_sid(self.twilio_account_sid, prefix="AC", what="account")
        _require_sid(self.api_key_sid, prefix="SK", what="API key")
        for service in (self.senders.marketing, self.senders.transactional):
            _require_sid(service, prefix="MG", what="Messaging Service")
        for reference, where in (
            (self.auth_token_ref, "The auth token"),
            (self.secondary_auth_token_ref, "The secondary auth token"),
            (self.api_key_secret_ref, "The API key's secret"),
        ):
            if reference:
                check_reference(reference, where=where)
        _require_number(self.senders.whatsapp)
        _require_region(self.default_region)
        _require_kept(self.columns())


def check_slug(slug: str) -> str:
    """The short name, if it is one. Raises `BadOrganization`."""
    if not _SLUG.fullmatch(slug):
        raise BadOrganization(
            f'"{slug}" cannot be a short name; use small letters, digits and hyphens, at most 40, such as acme-uk.'
        )
    return slug


def _require_sid(sid: str | None, *, prefix: str, what: str) -> None:
    if sid and not re.fullmatch(prefix + "[0-9A-Za-z]{32}", sid):
        raise BadOrganization(
            f"The SID of a Twilio {what} is {prefix} and 32 characters; copy it from Twilio's console."
        )


def _require_number(number: str | None) -> None:
    if number is not None and not _E164.fullmatch(number):
        raise BadOrganization(f"{number[:40]} is no number in E.164 form, such as +12025550100, for WhatsApp.")


def _require_region(region: str | None) -> None:
    if region is not None and region not in phonenumbers.SUPPORTED_REGIONS:
        raise BadOrganization(f'"{region}" is no country; give two capital letters, such as GB.')


def _require_kept(columns: Mapping[str, str | None]) -> None:
    needed = {"name": "name", "twilio_account_sid": "Twilio account", "auth_token_ref": "auth token"}
    for column, what in needed.items():
        if column in columns and columns[column] is None:
            raise BadOrganization(f"An organization needs its {what}; it cannot be taken away, only replaced.")
