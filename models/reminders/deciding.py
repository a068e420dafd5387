"""What becomes of one reminder that is there, for the verdict on it now. Nothing comes twice, nothing is lost."""

from dataclasses import replace
from datetime import datetime

from messaging.reminders.due import Timing
from messaging.reminders.moments import Missed
from messaging.reminders.reasons import Reason
from messaging.statuses import MessageState
from models.reminders.steps import Moments, Standing, Step
from models.reminders.tables import ReminderState


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
