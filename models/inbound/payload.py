"""An inbound message as Twilio's webhook delivers it.

The parameters: https://www.twilio.com/docs/messaging/guides/webhook-request
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from messaging.personal_data import mask_cards

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_WHATSAPP = "whatsapp:"
_MOST_MEDIA = 10
_LONGEST_NAME = 200
_GEO = {"city": "FromCity", "state": "FromState", "postcode": "FromZip", "country": "FromCountry"}


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One message from a person. Addresses have lost "whatsapp:", which `channel` says instead.

    `geo` is where Twilio says the number is from (city, state, postcode, country), only what it knows;
    `profile_name` what the person calls themselves on WhatsApp.
    """

    twilio_sid: str
    account_sid: str
    phone: str
    our_number: str
    service_sid: str | None = None
    channel: str = "sms"
    body: str = ""
    media: list[dict[str, str]] = field(default_factory=list)
    opt_out_type: str | None = None
    country: str | None = None
    profile_name: str | None = None
    geo: dict[str, str] = field(default_factory=dict)

    @property
    def is_from_person(self) -> bool:
        """False for short codes and names, which are nobody's number."""
        return _E164.fullmatch(self.phone) is not None


def read_inbound(payload: Iterable[tuple[str, str]], *, account_sid: str) -> InboundMessage:
    """The message in a verified payload (name and value pairs); of a repeated name the first value counts.

    Card numbers in its text are masked. Raises `KeyError` when MessageSid or From is missing.
    """
    fields = {name: value for name, value in reversed(list(payload)) if value}
    sender = fields["From"]
    country = fields.get("FromCountry", "")
    return InboundMessage(
        twilio_sid=fields["MessageSid"],
        account_sid=account_sid,
        phone=sender.removeprefix(_WHATSAPP).strip(),
        our_number=fields.get("To", "").removeprefix(_WHATSAPP).strip(),
        service_sid=fields.get("MessagingServiceSid"),
        channel="whatsapp" if sender.startswith(_WHATSAPP) else "sms",
        body=mask_cards(fields.get("Body", "")),
        media=_media(fields),
        opt_out_type=fields.get("OptOutType"),
        country=country if _COUNTRY.fullmatch(country) else None,
        profile_name=fields.get("ProfileName", "").strip()[:_LONGEST_NAME] or None,
        geo={name: fields[given][:_LONGEST_NAME] for name, given in _GEO.items() if given in fields},
    )


def without_cards(payload: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The payload as it is kept: nobody needs the numbers of cards that people write (PCI DSS 4.0, 3.3)."""
    return [(name, mask_cards(value) if name == "Body" else value) for name, value in payload]


def _media(fields: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"url": fields[f"MediaUrl{place}"], "content_type": fields.get(f"MediaContentType{place}", "")}
        for place in range(_MOST_MEDIA)
        if f"MediaUrl{place}" in fields
    ]
