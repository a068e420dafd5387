"""What a no ends: every message of ours, or only those of a type, a topic or a channel."""

from dataclasses import dataclass
from typing import Final

from models.consent.tables import ANY_TOPIC, SMS
from models.senders import MessageType


@dataclass(frozen=True, slots=True)
class Scope:
    """The types of message, the topic ("" is every topic) and the channel; a no on SMS counts on every channel."""

    message_types: tuple[MessageType, ...] = tuple(MessageType)
    topic: str = ANY_TOPIC
    channel: str = SMS


EVERYTHING: Final = Scope()
"""What a bare STOP ends."""
