"""Saves what was read of a file: batch after batch, each in a short transaction of its own.

Nobody waits long for a batch's locks: a STOP of someone in the file is taken at once, however long the file is. An
import that breaks off keeps the batches it has saved. Importing the file again saves the others, and leaves alone
what is there already.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from models.consent.imported import record_imported
from models.imports.batches import drop_batches, put_in_order, take_batch
from models.imports.breaking_off import told
from models.imports.erased import drop_erased
from models.imports.kinds import Transaction
from models.imports.merging import merge_contacts
from models.imports.progress import ReportProgress, Stage
from models.imports.report import ImportReport
from models.imports.rules import ImportRules
from models.imports.staging import drop_staging, merge_repeated


async def save(
    connection: AsyncConnection,
    report: ImportReport,
    *,
    organization_id: UUID,
    rules: ImportRules,
    now: datetime,
    transaction: Transaction,
    progress: ReportProgress | None = None,
) -> None:
    """Saves all that was staged and counts it in the report.

    Raises `ImportInterrupted` when the database breaks off after a part was saved.
    """
    async with transaction():
        report.merged = await merge_repeated(connection)
        batches, contacts = await put_in_order(connection)
        await drop_staging(connection)
    saved = 0
    for first in batches:
        with told(saved, contacts, of="contacts"):
            async with transaction():
                saved += await take_batch(connection, first)
                await _save_batch(connection, report, organization_id=organization_id, rules=rules, now=now)
        if progress:
            progress(Stage.SAVING, saved, contacts)
    async with transaction():
        await drop_batches(connection)


async def _save_batch(
    connection: AsyncConnection, report: ImportReport, *, organization_id: UUID, rules: ImportRules, now: datetime
) -> None:
    await drop_erased(connection, report, organization_id=organization_id)
    contacts = await merge_contacts(connection, organization_id=organization_id, now=now)
    consents = await record_imported(
        connection,
        organization_id=organization_id,
        method=rules.consent_method,
        source=rules.source or "import",
        file=report.file,
        now=now,
    )
    report.contacts.add(new=contacts.new, updated=contacts.updated, unchanged=contacts.unchanged)
    report.consents.add(
        opted_in=consents.opted_in, opted_out=consents.opted_out, left_opted_out=consents.left_opted_out
    )
