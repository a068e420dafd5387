"""What becomes of one reminder that is there, for the verdict on it now. Nothing comes twice, nothing is lost."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from messaging.reminders.due import Timing
from messaging.reminders.moments import Missed
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

    @property
    def may_be_heard(self) -> bool:
        """Whether its message has reached the person, or may have."""
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


def drop(old: Standing, reason: Reason) -> Step | None:
    """The step of a reminder that nobody wants any more; None for one that has left, or never would."""
    if old.state == ReminderState.WAITING:
        return Step(ReminderState.OBSOLETE, old.rule_version, old.moments, reason)
    if old.state == ReminderState.PLANNED and old.may_be_stopped:
        return Step(ReminderState.OBSOLETE, old.rule_version, old.moments, reason, withdraw=True)
    return None


def miss(old: Standing, missed: Missed, *, now: datetime) -> Step | None:
    """The step of a reminder whose moment is none any more; one that is due is left to whoever plans it."""
    if old.state != ReminderState.WAITING or old.moments.due_at <= now:
        return None
    return Step(ReminderState.SKIPPED, old.rule_version, old.moments, missed.reason)


def keep(old: Standing, timing: Timing, plan_at: datetime, *, version: int, now: datetime) -> Step | None:
    """The step of a reminder that is wanted; None for one that is as it should be."""
    moments = Moments(plan_at, timing.due_at, timing.send_before)
    wanted = Step(ReminderState.WAITING, version, moments)
    if old.state == ReminderState.WAITING:
        return _wait_on(old, wanted, timing, now)
    if old.state in (ReminderState.SKIPPED, ReminderState.EXPIRED):
        return None if timing.late or old.message_id else replace(wanted, again=True)
    if old.other_contact:
        again = replace(wanted, again=True, forget=True, withdraw=old.may_be_stopped)
        return None if old.written_to_before else again
    if old.state == ReminderState.PLANNED:
        return _plan_anew(old, wanted, timing)
    return _come_back(old, wanted)


def _wait_on(old: Standing, wanted: Step, timing: Timing, now: datetime) -> Step | None:
    """One that is due already stays due since then."""
    if timing.late and old.moments.due_at <= now:
        wanted = replace(wanted, moments=replace(old.moments, send_before=timing.send_before))
    as_is = (old.rule_version, old.moments) == (wanted.rule_version, wanted.moments)
    return None if as_is else wanted


def _plan_anew(old: Standing, wanted: Step, timing: Timing) -> Step | None:
    """What Twilio keeps for another hour than the right one is taken back; so comes what was stopped before."""
    other_hour = old.send_at_twilio not in (None, timing.due_at) and not timing.late
    if other_hour and old.may_be_stopped:
        return replace(wanted, again=True, withdraw=True)
    if old.message_state == MessageState.CANCELED and old.withdrawn:
        return replace(wanted, again=True)
    return None


def _come_back(old: Standing, wanted: Step) -> Step:
    """One that was taken back waits again; its message decides whether that may become another."""
    if old.message_id is None or old.may_be_stopped or old.message_state == MessageState.CANCELED:
        return replace(wanted, again=True)
    return Step(ReminderState.PLANNED, old.rule_version, old.moments)
