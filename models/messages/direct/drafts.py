"""What a caller asks for in a direct message, and what it learns at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from messaging.errors import TidingsError
from models.senders import MessageType

REFUSED = "refused"
"""The state of a draft that became no message: its number, contact, media or key cannot be used."""


class KeyReused(TidingsError):
    """The idempotency key belongs to another message of the organization."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One message. `to` is a contact's id or a number as a person writes it; `media` are https addresses.

    `key` is the idempotency key of this message alone: the same key is the same message, however often and by
    whomever it is planned. Without one, each planning is a message of its own.
    """

    to: int | str
    body: str = ""
    media: Sequence[str] = ()
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What holds for all drafts that are planned together.

    `cause` is who or what asked, for the log: "api key 0198…", "user ada", "survey feedback"; never a number or
    a text. `topic` is what the messages are about, "" for none: whose consent is asked for. In a conversation the
    message leaves from the conversation's own address, on its channel. Without times it may leave from `now`
    (business time) and for `DEFAULT_WINDOW`. `schedule_at_twilio`: Twilio is handed it ahead of its `send_after`,
    if it takes it. The words of a `sensitive` one are kept only until it is sent.
    """

    organization_id: UUID
    cause: str
    now: datetime
    message_type: MessageType = MessageType.TRANSACTIONAL
    topic: str = ""
    channel: str = "sms"
    conversation_id: UUID | None = None
    send_after: datetime | None = None
    send_before: datetime | None = None
    schedule_at_twilio: bool = False
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class PlannedDirect:
    """What became of a draft, in the transaction that planned it.

    `state` is the message's: `planned`, `skipped`, or further on when it `existed` before; `reason` then is its
    skip reason. A draft without a message (`id` is None) is `refused`, and `reason` a sentence for people.
    """

    id: int | None
    state: str
    reason: str | None = None
    existed: bool = False
    phone: str | None = None
    contact_id: int | None = None
