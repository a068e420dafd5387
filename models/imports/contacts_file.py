"""A file of contacts: who they are, and what they said to marketing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from models.consent.tables import ConsentState
from models.imports.cleaning import CleanChunk, clean
from models.imports.erased import refuse_erased
from models.imports.header import CONTACTS, Header, Known
from models.imports.kinds import Transaction
from models.imports.progress import ReportProgress
from models.imports.records import RecordsRefused
from models.imports.report import ImportReport
from models.imports.rules import ImportRules
from models.imports.saving import save
from models.imports.staged_row import StagedRow
from models.imports.staging import create_staging, stage
from models.imports.table import Chunk


@dataclass(frozen=True, slots=True)
class ContactsFile:
    """The `FileKind` of contacts, read at business time `now`."""

    rules: ImportRules
    now: datetime

    @property
    def known(self) -> Known:
        """The columns that mean something."""
        return CONTACTS

    def report(self, *, file: str, organization: str) -> ImportReport:
        """An empty report."""
        return ImportReport(file=file, organization=organization)

    def cleaner(self, header: Header, *, region: str) -> Callable[[Chunk], CleanChunk]:
        """What makes a chunk clean."""
        return partial(clean, header=header, region=region, accept=self.rules.accept, now=self.now)

    async def prepare(self, connection: AsyncConnection) -> None:
        """Makes the table into which the file is read."""
        await create_staging(connection)

    async def stage(
        self, connection: AsyncConnection, chunk: Chunk, clean: CleanChunk, *, organization_id: UUID
    ) -> CleanChunk:
        """Copies a chunk without people who were erased. Raises `RecordsRefused` for a yes without evidence."""
        _require_evidence(clean.rows, rules=self.rules)
        kept = await refuse_erased(connection, chunk, clean, organization_id=organization_id)
        await stage(connection, kept.rows)
        return kept

    async def save(
        self,
        connection: AsyncConnection,
        report: ImportReport,
        *,
        organization_id: UUID,
        transaction: Transaction,
        progress: ReportProgress | None,
    ) -> None:
        """Saves contacts and consents in short batches. Raises `ImportInterrupted`."""
        await save(
            connection,
            report,
            organization_id=organization_id,
            rules=self.rules,
            now=self.now,
            transaction=transaction,
            progress=progress,
        )


def _require_evidence(rows: Iterable[StagedRow], *, rules: ImportRules) -> None:
    """A yes whose origin nobody can name is no consent (GDPR, article 7(1))."""
    for row in rows:
        if row.answer == ConsentState.OPTED_IN and not (rules.method and (row.source or rules.source)):
            raise RecordsRefused(
                f"line {row.line} says yes to marketing, but not how and where that was said; "
                "name both (--consent-method and --consent-source)."
            )
