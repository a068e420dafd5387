"""Replays deliveries from the archive into a database, which may never have seen them."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.business_clock import Clock
from models.archive.files import ArchiveFiles
from models.archive.restoring import restore_deliveries
from models.webhook_replay import Fate
from models.webhook_selection import Selection
from tasks.webhook_replaying import BATCH, Told, replay_batch


async def replay_archive(
    engine: AsyncEngine,
    files: ArchiveFiles,
    selection: Selection,
    *,
    account_sid: str | None,
    clock: Clock,
    told: Told = lambda _count: None,
) -> Counter[Fate]:
    """Handles what the archive has of the selection, of one Twilio account or all, oldest file first.

    Raises `ArchiveUnusable`.
    """
    fates: Counter[Fate] = Counter()
    for name in await asyncio.to_thread(files.names, since=selection.since, until=selection.until):
        lines = _chosen(await asyncio.to_thread(files.read, name), selection, account_sid=account_sid)
        while batch := list(islice(lines, BATCH)):
            async with engine.begin() as connection:
                kept = await restore_deliveries(connection, batch)
            fates += await replay_batch(engine, kept, clock=clock)
            told(fates.total())
    return fates


def _chosen(
    lines: Iterator[dict[str, Any]], selection: Selection, *, account_sid: str | None
) -> Iterator[dict[str, Any]]:
    for line in lines:
        line["received_at"] = datetime.fromisoformat(line["received_at"])
        is_ours = account_sid is None or line["account_sid"] == account_sid
        if is_ours and selection.includes(dedupe_key=line["dedupe_key"], received_at=line["received_at"]):
            yield line
