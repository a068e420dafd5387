"""A file of appointments, as a calendar exports them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.cleaning import CleanAppointments, clean_appointments
from models.appointments.erased import refuse_erased
from models.appointments.file_columns import COLUMNS
from models.appointments.import_rules import AppointmentRules
from models.appointments.report import AppointmentsReport
from models.appointments.saving import save
from models.appointments.staging import create_staging, stage
from models.imports.header import Header, Known
from models.imports.kinds import Transaction
from models.imports.progress import ReportProgress
from models.imports.table import Chunk


@dataclass(frozen=True, slots=True)
class AppointmentsFile:
    """The `models.imports.kinds.FileKind` of appointments, read at business time `now`."""

    rules: AppointmentRules
    now: datetime

    @property
    def known(self) -> Known:
        """The columns that mean something."""
        return COLUMNS

    def report(self, *, file: str, organization: str) -> AppointmentsReport:
        """An empty report."""
        return AppointmentsReport(file=file, organization=organization)

    def cleaner(self, header: Header, *, region: str) -> Callable[[Chunk], CleanAppointments]:
        """What makes a chunk clean."""
        zone = self.rules.zone
        return partial(clean_appointments, header=header, region=region, accept="valid", timezone=zone)

    async def prepare(self, connection: AsyncConnection) -> None:
        """Makes the tables into which the file is read."""
        await create_staging(connection)

    async def stage(
        self, connection: AsyncConnection, chunk: Chunk, clean: CleanAppointments, *, organization_id: UUID
    ) -> CleanAppointments:
        """Copies a chunk without people who were erased."""
        kept = await refuse_erased(connection, chunk, clean, organization_id=organization_id)
        await stage(connection, kept)
        return kept

    async def save(
        self,
        connection: AsyncConnection,
        report: AppointmentsReport,
        *,
        organization_id: UUID,
        transaction: Transaction,
        progress: ReportProgress | None,
    ) -> None:
        """Saves the appointments in short batches, then sees which are gone. Raises `ImportInterrupted`."""
        await save(
            connection,
            report,
            organization_id=organization_id,
            rules=self.rules,
            now=self.now,
            transaction=transaction,
            progress=progress,
        )
