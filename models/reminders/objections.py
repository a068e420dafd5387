"""What speaks against a message about an appointment as it is now."""

from dataclasses import dataclass
from datetime import datetime

from messaging.reminders.definition import ReminderRule, ReminderRules
from messaging.reminders.reasons import Reason
from models.appointments.tables import OPEN_STATES, AppointmentState
from models.reminders.tables import Occasion

Key = tuple[str, str]
"""The name of a rule, and the occasion."""

_OVER = {
    AppointmentState.CANCELED: Reason.CANCELED,
    AppointmentState.DONE: Reason.DONE,
    AppointmentState.MISSED: Reason.MISSED,
}


@dataclass(frozen=True, slots=True)
class Followed:
    """An appointment as it is now; `called_off`: just cancelled, and not by the person."""

    id: int
    starts_at: datetime
    timezone: str
    kind: str
    state: str
    contact_id: int
    place_key: str
    called_off: bool

    @property
    def is_open(self) -> bool:
        """Whether the person is expected."""
        return self.state in OPEN_STATES


def objection(rules: ReminderRules, appointment: Followed, key: Key) -> Reason | None:
    """Why a message that is there is not wanted any more; None where nothing speaks against it."""
    name, occasion = key
    rule = rules.rules.get(name)
    if occasion == Occasion.CANCELLATION:
        return _to_notice(rule, appointment)
    if not appointment.is_open:
        return _OVER[AppointmentState(appointment.state)]
    if rule is None or not rule.fits(appointment.kind):
        return Reason.RULE_REMOVED
    return Reason.CONFIRMED if is_answered(rule, appointment) else None


def is_answered(rule: ReminderRule, appointment: Followed) -> bool:
    """Whether the person has said what the rule would ask."""
    return rule.only_if_unconfirmed and appointment.state == AppointmentState.CONFIRMED


def _to_notice(rule: ReminderRule | None, appointment: Followed) -> Reason | None:
    if appointment.is_open:
        return Reason.REOPENED
    if appointment.state != AppointmentState.CANCELED:
        return _OVER[AppointmentState(appointment.state)]
    if rule is None or rule.on_cancel is None or not rule.fits(appointment.kind):
        return Reason.RULE_REMOVED
    return None
