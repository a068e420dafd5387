"""The clinic's night: people get their reminders and answer, the calendar changes, and time flies."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from cli.demo.clinic.evidence import Deeds, Reminded, Text, told
from cli.demo.clinic.front_desk import FrontDesk
from cli.demo.clinic.night import CHANGES, CLOCKS_CHANGE, ENDS, ZONE
from cli.demo.clinic.stack import ClinicStack
from cli.demo.clinic.visits import LATER, Turn, Visit, write_calendar
from cli.demo.simulator import Simulator
from cli.demo.telling import Teller
from cli.import_run import run_import
from cli.reminders_files import set_file
from messaging.phones import mask
from models.appointments.appointments_file import AppointmentsFile
from models.appointments.import_rules import AppointmentRules

RULES = Path(__file__).parents[3] / "examples" / "demo-clinic.yaml"
DOCTOR = "+16465550100"
"""Gets a message before the evening, by which whoever sends is called to work."""

_EARLY = (Turn.MOVED_EARLY, Turn.CANCELED_EARLY)
_THINKING_SECONDS = 0.4
_LOOK_SECONDS = 0.1
_AT_ONCE = 4
_SECONDS_BETWEEN_LINES = 1.5
_SETTLE_SECONDS = 20.0


@dataclass
class Night:
    """One night at the clinic, on its stack."""

    clinic: ClinicStack
    visits: list[Visit]
    simulator: Simulator
    desk: FrontDesk
    teller: Teller
    service_sid: str
    deeds: Deeds = field(default_factory=Deeds)
    _seen: int = 0
    _told_at: float = 0.0
    _answers: list[tuple[float, Visit]] = field(default_factory=list)

    def prepare(self) -> None:
        """Rules and calendar, and what changes before anybody is reminded; whoever sends is at work by then."""
        self.desk.write(DOCTOR, "Everything is ready for tomorrow.")
        set_file(RULES, catch_up=False, organization="default", as_json=False)
        self._import("calendar.csv", ())
        ids = self._ids()
        for visit in self._of(Turn.AWAY_AND_BACK):
            for start in (visit.start + LATER, visit.start):
                self.desk.change(ids[visit.external_id], starts_at=start.isoformat())
        self._import("newer.csv", _EARLY)
        self._note(self.deeds.moved, Turn.MOVED_EARLY)
        self._note(self.deeds.canceled, Turn.CANCELED_EARLY)
        until = time.monotonic() + _SETTLE_SECONDS
        while not self.simulator.requests() and time.monotonic() < until:
            time.sleep(_LOOK_SECONDS)

    def play(self) -> None:
        """Until Sunday noon; then until the last message and callback have come to their end."""
        deeds: list[tuple[datetime, Callable[[], None]]] = [
            (CLOCKS_CHANGE, partial(self._tell, "The clocks go forward by an hour")),
            (CHANGES, self._change),
        ]
        while self.clinic.clock() < ENDS:
            if deeds and self.clinic.clock() >= deeds[-1][0]:
                deeds.pop()[1]()
            self._step()
        until = time.monotonic() + _SETTLE_SECONDS
        while (self._answers or not self.simulator.is_idle()) and time.monotonic() < until:
            self._step()

    def _step(self) -> None:
        for request in self.simulator.requests(after=self._seen):
            self._seen = request.number
            if request.to != DOCTOR:
                self._hear(Reminded.of(request))
        due = [visit for at, visit in self._answers if at <= time.monotonic()]
        self._answers = [each for each in self._answers if each[1] not in due]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(self._answer, due))
        time.sleep(_LOOK_SECONDS)

    def _hear(self, message: Reminded) -> None:
        """Who gets the first reminder of the start that stays thinks for a moment, and answers."""
        visit = next(each for each in self.visits if each.phone == message.phone)
        if visit.says and message.text is Text.EVENING and message.time == told(visit.last_start):
            self._answers.append((time.monotonic() + _THINKING_SECONDS, visit))

    def _answer(self, visit: Visit) -> None:
        assert visit.says is not None, "only those who say something answer"  # noqa: S101
        self.simulator.say(visit.phone, visit.says, service_sid=self.service_sid)
        if time.monotonic() > self._told_at + _SECONDS_BETWEEN_LINES:
            self._told_at = time.monotonic()
            self._tell(f"{mask(visit.phone)} writes: {visit.says}")

    def _change(self) -> None:
        """At ten in the evening a newer file moves some, and the desk calls others off."""
        self._import("newest.csv", (*_EARLY, Turn.MOVED_LATE))
        self._note(self.deeds.moved, Turn.MOVED_LATE)
        ids = self._ids()
        for visit in self._of(Turn.CANCELED_LATE):
            self.desk.cancel(ids[visit.external_id])
            self.deeds.canceled[visit.phone] = time.monotonic()
        self._tell("The desk calls some off by the API")

    def _import(self, name: str, done: tuple[Turn, ...]) -> None:
        path = self.clinic.home.path / name
        write_calendar(path, self.visits, done=done)
        kind = partial(AppointmentsFile, AppointmentRules(timezone=str(ZONE)))
        count = run_import(path, kind, organization="default").appointments
        what = f"{count.new} new, {count.moved} moved, {count.canceled} cancelled, {count.unchanged} as before"
        self._tell(f"The file {name} is imported: {what}")

    def _tell(self, what: str) -> None:
        self.teller.line(f"{self.clinic.clock().astimezone(ZONE):%a %H:%M}  {what}")

    def _ids(self) -> dict[str, int]:
        return {each["external_id"]: each["id"] for each in self.desk.appointments()}

    def _of(self, turn: Turn) -> list[Visit]:
        return [visit for visit in self.visits if visit.turn is turn]

    def _note(self, deeds: dict[str, float], turn: Turn) -> None:
        deeds.update({visit.phone: time.monotonic() for visit in self._of(turn)})
