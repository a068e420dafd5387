"""Which messages the rules ask for about an appointment as it is now, and when each is due."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from messaging.quiet_hours.hours import Hours
from messaging.reminders.allowed import AllowedHours, PlaceHours, first_from
from messaging.reminders.definition import ReminderRule, ReminderRules
from messaging.reminders.due import Timing, Verdict, timings
from messaging.reminders.moments import Missed, allowed_hours
from messaging.reminders.reasons import Reason
from models.quiet_hours.place_key import place_of_key
from models.reminders.objections import Followed, Key, is_answered
from models.reminders.tables import Occasion


@dataclass(frozen=True, slots=True)
class Look:
    """The rules and the moment of one look; `quiet`: hours that hold for reminders too, if any do."""

    rules: ReminderRules
    now: datetime
    quiet: Hours | None = None
    catch_up: bool = True
    _kept: dict[tuple[str, datetime, str, str], Mapping[str, Verdict]] = field(default_factory=dict)

    def wanted(self, appointment: Followed, *, reminded: bool) -> Mapping[Key, Verdict]:
        """The verdict on every message that the rules ask for now; none once it has begun.

        `reminded`: a reminder of it reached the person, or may have.
        """
        if appointment.starts_at <= self.now:
            return {}
        if appointment.is_open:
            return self._reminders(appointment)
        return self._notices(appointment, reminded=reminded) if appointment.called_off else {}

    def _reminders(self, appointment: Followed) -> Mapping[Key, Verdict]:
        found = self._timings(appointment)
        asked = [rule for rule in self.rules.for_kind(appointment.kind) if not is_answered(rule, appointment)]
        return {(rule.name, Occasion.REMINDER): found[rule.name] for rule in asked}

    def _timings(self, appointment: Followed) -> Mapping[str, Verdict]:
        """Worked out once for all of a kind that start together, where quiet hours ask for it: in one place."""
        place = appointment.place_key if self.quiet else ""
        alike = (appointment.kind, appointment.starts_at, appointment.timezone, place)
        found = self._kept.get(alike)
        if found is None:
            found = self._kept[alike] = timings(
                self.rules.for_kind(appointment.kind),
                appointment.starts_at,
                ZoneInfo(appointment.timezone),
                now=self.now,
                quiet=self._quiet(appointment),
                catch_up=self.catch_up,
            )
        return found

    def _notices(self, appointment: Followed, *, reminded: bool) -> Mapping[Key, Verdict]:
        return {
            (rule.name, Occasion.CANCELLATION): self._notice(appointment, rule)
            for rule in self.rules.for_kind(appointment.kind)
            if rule.on_cancel and (reminded or not rule.on_cancel.only_if_reminded)
        }

    def _notice(self, appointment: Followed, rule: ReminderRule) -> Verdict:
        hours = allowed_hours(rule, ZoneInfo(appointment.timezone), self._quiet(appointment))
        due_at = first_from(hours, self.now)
        if due_at is None or due_at >= appointment.starts_at:
            return Missed(Reason.NO_HOURS, self.now)
        return Timing(due_at, appointment.starts_at, late=True)

    def _quiet(self, appointment: Followed) -> AllowedHours | None:
        return PlaceHours(self.quiet, place_of_key(appointment.place_key)) if self.quiet else None
