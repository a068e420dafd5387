"""Goes through appointments and their reminders, and gathers what is to be written."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from messaging.reminders.due import Timing, Verdict
from messaging.reminders.moments import Missed
from messaging.reminders.reasons import Reason
from messaging.scheduling import LEAST_AHEAD, hand_over_at
from models.reminders.deciding import drop, keep, miss
from models.reminders.objections import Followed, Key, objection
from models.reminders.steps import Moments, Standing, Step
from models.reminders.store import StoredRules
from models.reminders.tables import Occasion
from models.reminders.wanting import Look
from models.reminders.writing import Addition


class Gathering:
    """What is to be written so that reminders are as they are wanted: `steps` by a reminder's id, and `additions`.

    `withdrawn` are the ids of messages to be taken back.
    """

    def __init__(self, look: Look, stored: StoredRules) -> None:
        self._look, self._stored = look, stored
        self.steps: dict[int, Step] = {}
        self.withdrawn: list[int] = []
        self.additions: list[Addition] = []

    def take(self, appointments: Iterable[Followed], reminders: Iterable[Standing]) -> None:
        """Each appointment with the reminders that are there."""
        known: defaultdict[int, list[Standing]] = defaultdict(list)
        for old in reminders:
            known[old.appointment_id].append(old)
        for appointment in appointments:
            self._one(appointment, known[appointment.id])

    def _one(self, appointment: Followed, own: Sequence[Standing]) -> None:
        reminded = any(old.may_be_heard(self._look.now) for old in own if old.occasion == Occasion.REMINDER)
        wanted = dict(self._look.wanted(appointment, reminded=reminded))
        for old in own:
            key = (old.rule, old.occasion)
            if old.starts_at != appointment.starts_at:
                self._step(old, drop(old, Reason.MOVED))
            elif key in wanted:
                self._step(old, self._judge(old, key, wanted.pop(key)))
            elif (reason := objection(self._look.rules, appointment, key)) is not None:
                self._step(old, drop(old, reason))
        self.additions += [self._addition(appointment, key, verdict) for key, verdict in wanted.items()]

    def _judge(self, old: Standing, key: Key, verdict: Verdict) -> Step | None:
        now = self._look.now
        if isinstance(verdict, Missed):
            return miss(old, verdict, now=now)
        return keep(old, verdict, self._plan_at(key, verdict), version=self._stored.version, now=now)

    def _step(self, old: Standing, step: Step | None) -> None:
        if step is not None:
            self.steps[old.id] = step
            if step.withdraw and old.message_id is not None:
                self.withdrawn.append(old.message_id)

    def _addition(self, appointment: Followed, key: Key, verdict: Verdict) -> Addition:
        if isinstance(verdict, Missed):
            moments = Moments(verdict.at, verdict.at, appointment.starts_at)
            return Addition(appointment.id, key, appointment.starts_at, moments, verdict.reason)
        moments = Moments(self._plan_at(key, verdict), verdict.due_at, verdict.send_before)
        return Addition(appointment.id, key, appointment.starts_at, moments)

    def _plan_at(self, key: Key, timing: Timing) -> datetime:
        name, occasion = key
        by_twilio = occasion == Occasion.REMINDER and self._stored.rules.rules[name].schedule_at_twilio
        far = timing.due_at - self._look.now >= LEAST_AHEAD
        return hand_over_at(timing.due_at) if by_twilio and far else timing.due_at
