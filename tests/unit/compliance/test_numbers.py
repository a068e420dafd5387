"""What an address is, told by its form."""

import pytest

from messaging.compliance.numbers import NotASender, kind_and_country


@pytest.mark.parametrize(
    ("address", "channel", "country", "expected"),
    [
        ("+12025550100", "sms", None, ("10dlc", "US")),
        ("+14165550100", "sms", None, ("10dlc", "CA")),
        ("+18335550199", "sms", None, ("toll_free", "US")),
        ("+442079460001", "sms", None, ("long_code", "GB")),
        ("72345", "sms", "CA", ("short_code", "CA")),
        ("Acme", "sms", None, ("alphanumeric", None)),
        ("Acme & Co 7", "sms", None, ("alphanumeric", None)),
        ("+14155550155", "whatsapp", None, ("whatsapp", "US")),
    ],
)
def test_kind_and_country(
    address: str, channel: str, country: str | None, expected: tuple[str, str | None]
) -> None:
    assert kind_and_country(address, channel=channel, country=country) == expected


@pytest.mark.parametrize("address", ["72345", "", "+1", "2025550100 ext", "A name of too many", "+49 no"])
def test_what_is_no_sender_is_refused(address: str) -> None:
    with pytest.raises(NotASender):
        kind_and_country(address, channel="sms", country=None)
