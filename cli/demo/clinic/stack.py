"""The clinic's own `tidings up`, on a second home, with a clock that shows Saturday evening when all is ready."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from cli.demo.child_stack import ChildStack, child_stack
from cli.demo.clinic.night import Tempo
from deployments.home import Home
from messaging.business_clock import BusinessClock, real_now
from messaging.business_time import time_kept_by

_FLOW_SECONDS = 15.0
"""Between two runs of the reminders flow, each of which looks twice a second."""
_SWEEP_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class ClinicStack:
    """A `tidings up` with a clock of its own."""

    stack: ChildStack
    clock: BusinessClock

    @property
    def home(self) -> Home:
        """Where it lives."""
        return self.stack.home


def start_clinic(home: Home, until: ExitStack, tempo: Tempo) -> ClinicStack:
    """Starts one on a new home, until the end of `until`."""
    home.prepare()
    clock = tempo.clock()
    changes = {
        "TIDINGS_HOME": str(home.path),
        "TIDINGS_CLOCK": str(clock),
        "TIDINGS_REMINDERS_SECONDS": str(_FLOW_SECONDS),
        "TIDINGS_SWEEP_SECONDS": str(_SWEEP_SECONDS),
    }
    return ClinicStack(until.enter_context(child_stack(home, changes)), clock)


@contextmanager
def at_the_clinic(clinic: ClinicStack) -> Iterator[None]:
    """Commands of this process are about the clinic's home, and by its clock."""
    before = os.environ["TIDINGS_HOME"]
    os.environ["TIDINGS_HOME"] = str(clinic.home.path)
    try:
        with time_kept_by(real_now):  # whatever clock a command sets is for the while only
            yield
    finally:
        os.environ["TIDINGS_HOME"] = before
