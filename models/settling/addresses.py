"""By which address Twilio lists a message: its number, on another channel with the prefix of that."""

ADDRESS = "CASE m.channel WHEN 'whatsapp' THEN 'whatsapp:' || m.phone ELSE m.phone END"
"""SQL: the address of a message `m`, as `messaging.addresses` writes it."""


def number_of(address: str) -> str:
    """The number in an address."""
    return address.rpartition(":")[2]
