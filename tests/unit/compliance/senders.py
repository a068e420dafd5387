"""Numbers and names to send from, in one line each."""

from typing import Any

from messaging.compliance.numbers import Registration, SenderNumber, kind_and_country
from models.senders import Sender

LOCAL, TOLL_FREE, BRITISH, SHORT_CODE, NAME = "+12025550100", "+18005550100", "+442079460001", "72345", "Acme"


def number(address: str, registration: str = "unknown", *, channel: str = "sms", **known: Any) -> SenderNumber:
    kind, country = kind_and_country(address, channel=channel, country="US")
    return SenderNumber(
        address=address, kind=kind, country=country, registration=Registration(registration), **known
    )


def sender(**values: Any) -> Sender:
    return Sender.model_validate(
        {"organization_id": "0" * 32, "purpose": "marketing", "address": "MG" + "1" * 32, "rate": 10.0, **values}
    )
