"""A reminder that is there, and the step that it takes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from messaging.reminders.reasons import Reason
from messaging.statuses import MessageState
from models.reminders.tables import ReminderState

_STOPPABLE = frozenset({MessageState.PLANNED, MessageState.CLAIMED, MessageState.UNKNOWN, MessageState.SCHEDULED})
_NOT_HEARD = frozenset(
    {
        *(MessageState.PLANNED, MessageState.SCHEDULED, MessageState.CANCELED),
        *(MessageState.SKIPPED, MessageState.EXPIRED, MessageState.FAILED, MessageState.UNDELIVERED),
    }
)


@dataclass(frozen=True, slots=True)
class Moments:
    """When a reminder becomes a message, is due, and is of no use any more."""

    plan_at: datetime
    due_at: datetime
    send_before: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A reminder as it is, with what is known of its message; `other_contact`: that was for somebody else.

    `written_to_before`: whose appointment it is now had a message about it.
    """

    id: int
    appointment_id: int
    rule: str
    occasion: str
    starts_at: datetime
    state: str
    rule_version: int
    moments: Moments
    message_id: int | None = None
    message_state: str | None = None
    withdrawn: bool = False
    send_at_twilio: datetime | None = None
    other_contact: bool = False
    written_to_before: bool = False

    @classmethod
    def of(cls, row: Row[Any]) -> "Standing":
        """A row of `models.reminders.following_sql.REMINDERS`."""
        values = [*row[:7], Moments(*row[7:10]), *row[10:]]
        return cls(*values)

    @property
    def may_be_stopped(self) -> bool:
        """Whether there is a message that has not left for certain."""
        return self.message_state in _STOPPABLE

    def may_be_heard(self, now: datetime) -> bool:
        """Whether its message has reached the person, or may have; what Twilio kept until now may have left."""
        if self.message_state == MessageState.SCHEDULED and self.send_at_twilio is not None:
            return self.send_at_twilio <= now
        return self.message_state is not None and self.message_state not in _NOT_HEARD


@dataclass(frozen=True, slots=True)
class Step:
    """What a reminder becomes. `again`: it comes once more; `forget`: its message was for somebody else.

    `withdraw`: its message is taken back.
    """

    state: ReminderState
    rule_version: int
    moments: Moments
    reason: Reason | None = None
    again: bool = False
    forget: bool = False
    withdraw: bool = False
