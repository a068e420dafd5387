"""The demo's chapter about the clinic: its stack made ready for the evening, the night, what was seen of it."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime

from cli.demo.clinic.evidence import ClinicEvidence
from cli.demo.clinic.front_desk import FrontDesk
from cli.demo.clinic.night import BEGINS, SATURDAY, SUNDAY, Tempo
from cli.demo.clinic.playing import DOCTOR, Night
from cli.demo.clinic.stack import ClinicStack, at_the_clinic, start_clinic
from cli.demo.clinic.visits import visits
from cli.demo.simulator import Simulator
from cli.demo.telling import Teller
from cli.reminders_report import show_reminders_report
from deployments.generated_secrets import keep_secrets
from deployments.home import Home
from deployments.stack_state import Addresses
from messaging.business_clock import BusinessClock
from messaging.errors import TidingsError

_AGAIN = (2.0, 4.0)
"""How much slower than thought a machine may be that was not ready by the evening."""


class TooSlow(TidingsError):
    """The clinic's stack was not ready for its evening."""


class Clinic:
    """The clinic, from the start of its stack to what was seen of the night."""

    def __init__(self, home: Home, until: ExitStack, *, start_seconds: float) -> None:
        """`start_seconds` is how long a stack took to start on this machine."""
        self._home, self._until, self._start_seconds = home, until, start_seconds
        self._stack = self._start(1.0)
        self.addresses: Addresses | None = None

    def tell(self, teller: Teller) -> ClinicEvidence:
        """Plays the night. Raises `TooSlow`, and what commands and the API raise."""
        night = self._ready(teller, self._stack)
        for slower in _AGAIN:
            if night.clinic.clock() < BEGINS:
                break
            teller.line("That took longer than the clinic's afternoon; once more")
            night.clinic.stack.stop()
            night = self._ready(teller, self._start(slower))
        if night.clinic.clock() >= BEGINS:
            raise TooSlow(
                "This machine is too slow for the clinic's night; run `tidings demo` when it has less to do."
            )
        with at_the_clinic(night.clinic):
            night.play()
            for day in (SATURDAY, SUNDAY):
                show_reminders_report("default", day, out=None, as_json=False)
        night.clinic.stack.require_running()
        return _evidence(night)

    def _start(self, slower: float) -> ClinicStack:
        count = sum(1 for _ in self._home.path.glob("clinic*")) if self._home.path.exists() else 0
        home = Home.at(self._home.path / f"clinic{count or ''}")
        return start_clinic(home, self._until, Tempo.after(self._start_seconds * slower))

    def _ready(self, teller: Teller, clinic: ClinicStack) -> Night:
        """The night, once the stack answers and has rules and calendar."""
        self.addresses = clinic.stack.wait_until_ready(teller.line)
        teller.addresses(self.addresses)
        service_sid = keep_secrets(clinic.home).messaging_service_transactional
        simulator = Simulator(self.addresses.simulator or "")
        with at_the_clinic(clinic):
            desk = FrontDesk(self.addresses.api)
            night = Night(clinic, visits(), simulator, desk, teller, service_sid)
            night.prepare()
        return night


def _evidence(night: Night) -> ClinicEvidence:
    return ClinicEvidence(
        visits=night.visits,
        deeds=night.deeds,
        requests=[request for request in night.simulator.requests() if request.to != DOCTOR],
        heard=night.simulator.heard(),
        appointments=night.desk.appointments(),
        reminders=night.desk.reminders(),
        reports=[night.desk.report(day.isoformat()) for day in (SATURDAY, SUNDAY)],
        business=_business(night.clinic.clock),
    )


def _business(clock: BusinessClock) -> Callable[[float], datetime]:
    shift = time.time() - time.monotonic()
    return lambda moment: clock.at(datetime.fromtimestamp(moment + shift, UTC))
