"""What Twilio reported of messages, and how several reports of one message become one."""

from collections.abc import Iterable
from dataclasses import dataclass

from messaging.callbacks import CallbackRef
from messaging.statuses import ORDER, TWILIO_STATUSES, MessageState

_INBOUND_ONLY = frozenset({MessageState.RECEIVING, MessageState.RECEIVED})
_FAILURES = frozenset({MessageState.FAILED, MessageState.UNDELIVERED})


@dataclass(frozen=True, slots=True)
class StatusReport:
    """One status of one message. `message_ref` is what our own callback URL said; `account_sid` was verified."""

    twilio_sid: str
    status: MessageState
    account_sid: str
    error_code: int | None = None
    message_ref: CallbackRef | None = None


@dataclass(frozen=True, slots=True)
class MessageStatus:
    """A report that has found its message."""

    message_id: int
    twilio_sid: str
    account_sid: str
    state: MessageState
    error_code: int | None

    @property
    def is_failure(self) -> bool:
        """Whether the delivery failed, which alone gives an error code its meaning."""
        return self.state in _FAILURES

    @property
    def failed_at(self) -> str | None:
        """`delivery` for a failure: it was reported after Twilio had taken the message."""
        return "delivery" if self.is_failure else None

    @property
    def kept_code(self) -> int | None:
        """The error code of a failure; one that lingers on another status says nothing of it."""
        return self.error_code if self.is_failure else None


def outbound_status(status: str) -> MessageState | None:
    """The state that a status of an outbound message means; None for an unknown or inbound-only one."""
    try:
        state = MessageState(status)
    except ValueError:
        return None
    return state if state in TWILIO_STATUSES - _INBOUND_ONLY else None


def greatest_per_message(statuses: Iterable[MessageStatus]) -> list[MessageStatus]:
    """One status a message, ordered by message: the greatest state, and of equal ones the greatest code."""
    winners: dict[int, MessageStatus] = {}
    for status in sorted(statuses, key=lambda each: (ORDER[each.state], each.kept_code or 0)):
        winners[status.message_id] = status
    return [winners[message_id] for message_id in sorted(winners)]
