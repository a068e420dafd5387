"""What an import of appointments did, for people and for machines."""

from collections.abc import Iterable

from pydantic import BaseModel, Field

from models.appointments.changing import Changed
from models.imports.report import SHOWN, FileReport


class AppointmentCounts(BaseModel):
    """Distinct appointments in the file; those moved or cancelled are among those changed."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    moved: int = 0
    canceled: int = 0

    def add(self, done: Iterable[Changed]) -> None:
        """Counts a batch."""
        for each in done:
            setattr(self, each.outcome, getattr(self, each.outcome) + 1)
            whats = {happened.what for happened in each.happened}
            self.moved += "moved" in whats
            self.canceled += "canceled" in whats


class GoneCounts(BaseModel):
    """Appointments to come that files held before and this one does not, out of `known`.

    `kept_because` tells why they were not cancelled although that was asked for.
    """

    known: int = 0
    gone: int = 0
    canceled: int = 0
    external_ids: list[str] = Field(default_factory=list, max_length=SHOWN)
    kept_because: str | None = None


class AppointmentsReport(FileReport):
    """`rows` is the sum of the appointments, `merged` and `refused`."""

    appointments: AppointmentCounts = Field(default_factory=AppointmentCounts)
    gone: GoneCounts = Field(default_factory=GoneCounts)
