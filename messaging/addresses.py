"""Addresses as Twilio's API writes them: a number alone, or with the channel that it is on."""

_PREFIXES = {"sms": "", "whatsapp": "whatsapp:"}


def address_on(channel: str, number: str) -> str:
    """The address of an E.164 number on a channel; a Messaging Service's SID stays as it is.

    See https://www.twilio.com/docs/messaging/channels#channels-addressing
    """
    return number if is_service(number) else f"{_PREFIXES[channel]}{number}"


def is_service(address: str) -> bool:
    """Whether an address is the SID of a Messaging Service."""
    return address.startswith("MG")
