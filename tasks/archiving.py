"""Writes raw deliveries to the archive, file by file, and lets go of what is older than it must be kept."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from models.archive.files import ArchiveFiles, ArchiveUnusable, pack
from models.archive.ledger import (
    ArchiveFile,
    complete_until,
    deliveries_of,
    files_written_before,
    forget_file,
    mark_written,
    next_file,
)
from models.archive.pruning import prune_deliveries
from models.exclusive import Duty, exclusive
from models.rights.shortest import shortest_bodies_days
from tasks.equipment import Equipment

MOST_IN_A_FILE = 5_000
MOST_FILES = 50
PRUNED_AT_ONCE = 5_000
MOST_PRUNED = 200_000
"""In one pass; a sweep has other things to do."""
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class ArchiveTally:
    """What one pass did: files written and removed, deliveries deleted from the database."""

    busy: bool = False
    written: int = 0
    removed: int = 0
    pruned: int = 0


async def archive_webhooks(tools: Equipment, *, most_in_a_file: int = MOST_IN_A_FILE) -> ArchiveTally:
    """One pass; an archive that cannot be used is told in the log, and keeps the database from letting go."""
    async with exclusive(tools.engine, Duty.ARCHIVING) as alone:
        tally = ArchiveTally(busy=not alone)
        if not alone:
            return tally
        url = tools.settings.tidings_webhook_archive
        if url is not None:
            try:
                await _write_files(tools, ArchiveFiles.at(url), tally=tally, most_in_a_file=most_in_a_file)
            except ArchiveUnusable as error:
                _log.error("webhooks_not_archived", reason=str(error))
        await _prune(tools, has_archive=url is not None, tally=tally)
    return tally


async def _write_files(tools: Equipment, files: ArchiveFiles, *, tally: ArchiveTally, most_in_a_file: int) -> None:
    async with tools.engine.begin() as connection:
        ceiling = await complete_until(connection)
    patience = tools.settings.tidings_webhook_archive_seconds
    while ceiling is not None and tally.written < MOST_FILES:
        async with tools.engine.begin() as connection:
            file = await next_file(
                connection, ceiling=ceiling, most=most_in_a_file, patience=patience, now=tools.clock()
            )
        if file is None:
            break
        await _write(tools, files, file)
        tally.written += 1
    await _remove_old(tools, files, tally=tally)


async def _write(tools: Equipment, files: ArchiveFiles, file: ArchiveFile) -> None:
    async with tools.engine.connect() as connection:
        content = pack(await deliveries_of(connection, file))
    await asyncio.to_thread(files.write, file.name, content)
    async with tools.engine.begin() as connection:
        await mark_written(connection, file, now=tools.clock())


async def _remove_old(tools: Equipment, files: ArchiveFiles, *, tally: ArchiveTally) -> None:
    async with tools.engine.connect() as connection:
        days = min(tools.settings.tidings_webhook_archive_days, await shortest_bodies_days(connection))
        before = tools.clock() - timedelta(days=days)
        old = await files_written_before(connection, before)
    for file in old:
        await asyncio.to_thread(files.remove, file.name)
        async with tools.engine.begin() as connection:
            await forget_file(connection, file)
        tally.removed += 1


async def _prune(tools: Equipment, *, has_archive: bool, tally: ArchiveTally) -> None:
    async with tools.engine.connect() as connection:
        days = min(tools.settings.tidings_webhook_days, await shortest_bodies_days(connection))
    before = tools.clock() - timedelta(days=days)
    after = 0
    while tally.pruned < MOST_PRUNED:
        async with tools.engine.begin() as connection:
            batch = await prune_deliveries(
                connection, before=before, has_archive=has_archive, after=after, most=PRUNED_AT_ONCE
            )
        tally.pruned += batch.pruned
        if batch.is_end or batch.last_id is None:
            return
        after = batch.last_id
