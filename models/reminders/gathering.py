"""Goes through appointments and their reminders, and gathers what is to be written."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import RowMapping

from messaging.reminders.due import Timing, Verdict
from messaging.reminders.moments import Missed
from messaging.reminders.reasons import Reason
from messaging.scheduling import LEAST_AHEAD, hand_over_at
from models.reminders.deciding import Moments, Standing, Step, drop, keep, miss
from models.reminders.store import StoredRules
from models.reminders.tables import Occasion
from models.reminders.wanting import Followed, Key, Look
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

    def take(self, appointments: Sequence[Followed], reminders: Sequence[RowMapping]) -> None:
        """Each appointment with the reminders that are there."""
        known: defaultdict[int, list[tuple[RowMapping, Standing]]] = defaultdict(list)
        for row in reminders:
            known[row["appointment_id"]].append((row, _standing(row)))
        for appointment in appointments:
            own = known[appointment.id]
            reminded = any(old.may_be_heard for row, old in own if row["occasion"] == Occasion.REMINDER)
            self._one(replace(appointment, reminded=reminded), own)

    def _one(self, appointment: Followed, own: Sequence[tuple[RowMapping, Standing]]) -> None:
        wanted = dict(self._look.wanted(appointment))
        for row, old in own:
            key = (row["rule"], row["occasion"])
            if row["starts_at"] != appointment.starts_at:
                self._step(old, drop(old, Reason.MOVED))
            elif key in wanted:
                self._step(old, self._judge(old, key, wanted.pop(key)))
            elif (reason := self._look.unwanted(appointment, key)) is not None:
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


def _standing(row: RowMapping) -> Standing:
    return Standing(
        id=row["id"],
        state=row["state"],
        rule_version=row["rule_version"],
        moments=Moments(row["plan_at"], row["due_at"], row["send_before"]),
        message_id=row["message_id"],
        message_state=row["message_state"],
        withdrawn=bool(row["withdrawn"]),
        send_at_twilio=row["send_at_twilio"],
        other_contact=bool(row["other_contact"]),
        written_to_before=bool(row["written_to_before"]),
    )
