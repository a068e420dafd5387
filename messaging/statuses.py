"""The states of a message, in the one total order by which the greatest seen wins.

Twilio's callbacks may come late, twice or out of order (twilio.com, "Outbound message status in status
callbacks"). Because the order is total, any order of arrival ends in the same state. PostgreSQL's enum
`message_state` declares the same values in the same order, so `GREATEST` there is `greatest` here.
"""

from enum import StrEnum


class MessageState(StrEnum):
    """Every state a message can be in, least first."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    SCHEDULED = "scheduled"
    ACCEPTED = "accepted"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    PARTIALLY_DELIVERED = "partially_delivered"
    CANCELED = "canceled"
    FAILED = "failed"
    UNDELIVERED = "undelivered"
    DELIVERED = "delivered"
    READ = "read"
    RECEIVING = "receiving"
    RECEIVED = "received"


ORDER: dict[MessageState, int] = {state: place for place, state in enumerate(MessageState)}

TWILIO_STATUSES = frozenset(state for state in MessageState if ORDER[state] >= ORDER[MessageState.SCHEDULED])
"""The statuses that Twilio itself reports; the others are ours."""


def greatest(first: MessageState, second: MessageState) -> MessageState:
    """The state that wins when both were seen, in whichever order."""
    return max(first, second, key=ORDER.__getitem__)
