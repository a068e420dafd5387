"""Raw deliveries go to the archive once each, whatever is killed when, and come back from there."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.settings import Settings
from models.archive.files import ArchiveFiles, ArchiveUnusable
from models.columns import utc_now
from models.webhook_events import keep_handled, keep_unhandled
from models.webhook_replay import Fate
from models.webhook_selection import Selection
from tasks.archive_replaying import replay_archive
from tasks.archiving import ArchiveTally, archive_webhooks
from tasks.equipment import Equipment, open_equipment
from tests.conftest import ACCOUNT_SID
from tests.integration.test_webhook_again import BROKEN, found, inbound, status

Keep = Callable[..., Awaitable[None]]


@pytest.fixture
def files() -> ArchiveFiles:
    return ArchiveFiles.at(f"memory://{uuid4()}")


@pytest.fixture
async def tools(committed: AsyncEngine, settings: Settings, files: ArchiveFiles) -> AsyncIterator[Equipment]:
    """Equipment whose archive is in memory, and takes what is a minute old."""
    assert committed is not None
    changes = {"tidings_webhook_archive": files.url, "tidings_webhook_archive_seconds": 60.0}
    async with open_equipment(settings.model_copy(update=changes)) as equipment:
        yield equipment


@pytest.fixture
def keep(committed: AsyncEngine) -> Keep:
    """Keeps deliveries that were handled so many hours ago."""

    async def keep(*numbers: int, hours: float = 1) -> None:
        async with committed.begin() as connection:
            deliveries = [status(number, "sent") for number in numbers]
            await keep_handled(connection, deliveries, now=utc_now() - timedelta(hours=hours))

    return keep


def archived(files: ArchiveFiles) -> Counter[str]:
    """How often each delivery is in the archive."""
    return Counter(line["dedupe_key"] for name in files.names() for line in files.read(name))


def once(*numbers: int) -> Counter[str]:
    return Counter(status(number, "sent").dedupe_key for number in numbers)


async def test_each_delivery_is_archived_once_when_it_is_old_enough(
    tools: Equipment, keep: Keep, files: ArchiveFiles
) -> None:
    await keep(1, 2, 3)
    assert (await archive_webhooks(tools, most_in_a_file=2)).written == 2
    await keep(4, hours=0)
    assert (await archive_webhooks(tools, most_in_a_file=2)).written == 0
    await keep(5, hours=0)
    assert (await archive_webhooks(tools, most_in_a_file=2)).written == 1, "a full file need not wait"
    assert archived(files) == once(1, 2, 3, 4, 5)


@pytest.mark.parametrize("was_written", [False, True])
async def test_killed_before_it_is_noted_the_same_file_is_written_again(
    tools: Equipment, keep: Keep, files: ArchiveFiles, monkeypatch: pytest.MonkeyPatch, *, was_written: bool
) -> None:
    await keep(1, 2)
    write = ArchiveFiles.write

    def killed(self: ArchiveFiles, name: str, content: bytes) -> None:
        if was_written:
            write(self, name, content)
        raise ArchiveUnusable("killed")

    with monkeypatch.context() as patch:
        patch.setattr(ArchiveFiles, "write", killed)
        assert (await archive_webhooks(tools)).written == 0
    await keep(3)
    assert (await archive_webhooks(tools)).written == 2
    assert len(files.names()) == 2
    assert archived(files) == once(1, 2, 3)


async def test_an_earlier_id_that_is_committed_late_is_not_passed_over(
    tools: Equipment, keep: Keep, files: ArchiveFiles
) -> None:
    async with tools.engine.connect() as slow:
        transaction = await slow.begin()
        await keep_handled(slow, [status(1, "sent")], now=utc_now() - timedelta(hours=2))
        await keep(2)
        assert (await archive_webhooks(tools)).written == 0, "nobody waits for a slow writer either"
        await transaction.commit()
    assert (await archive_webhooks(tools)).written == 1
    assert archived(files) == once(1, 2)


async def test_the_database_lets_go_of_what_is_handled_old_and_archived(
    tools: Equipment, keep: Keep, files: ArchiveFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(1, 2, hours=31 * 24)
    await keep(3, hours=29 * 24)
    async with tools.engine.begin() as connection:
        await keep_unhandled(connection, BROKEN, error="why", now=utc_now() - timedelta(days=40))

    def away(*_: Any) -> None:
        raise ArchiveUnusable("away")

    with monkeypatch.context() as patch:
        patch.setattr(ArchiveFiles, "write", away)
        assert await archive_webhooks(tools) == ArchiveTally()
    assert await archive_webhooks(tools) == ArchiveTally(written=1, pruned=2)
    left = await found(tools.engine, "SELECT dedupe_key FROM webhook_events ORDER BY id")
    assert left == [(status(3, "sent").dedupe_key,), (BROKEN.dedupe_key,)]
    assert archived(files) == once(1, 2, 3) + Counter([BROKEN.dedupe_key])


async def test_without_an_archive_age_decides_alone(
    committed: AsyncEngine, settings: Settings, keep: Keep
) -> None:
    await keep(1, hours=31 * 24)
    await keep(2)
    async with open_equipment(settings) as tools:
        assert await archive_webhooks(tools) == ArchiveTally(pruned=1)
    assert await found(committed, "SELECT count(*) FROM webhook_events") == [(1,)]


async def test_files_leave_the_archive_after_their_time(tools: Equipment, keep: Keep, files: ArchiveFiles) -> None:
    await keep(1)
    await archive_webhooks(tools)
    later = replace(tools, clock=lambda: utc_now() + timedelta(days=366))
    assert (await archive_webhooks(later)).removed == 0, "the newest tells where the next begins"
    await keep(2)
    assert (await archive_webhooks(later)).removed == 1
    assert archived(files) == once(2)


async def test_an_empty_database_catches_up_from_the_archive(
    tools: Equipment, committed: AsyncEngine, files: ArchiveFiles
) -> None:
    async with committed.begin() as connection:
        past = utc_now() - timedelta(hours=5)
        await keep_handled(connection, [inbound(1, "STOP"), status(2, "delivered")], now=past)
        await keep_handled(connection, [inbound(3, "Hi")], now=past + timedelta(hours=4))
    await archive_webhooks(tools)
    async with committed.begin() as connection:
        await connection.execute(text("DELETE FROM webhook_events"))

    async def again(*, account_sid: str | None = ACCOUNT_SID, **chosen: Any) -> Counter[Fate]:
        selection = Selection(**chosen)
        return await replay_archive(committed, files, selection, account_sid=account_sid, clock=utc_now)

    assert await again(account_sid="AC" + "9" * 32) == Counter()
    assert await again(since=utc_now() - timedelta(hours=2)) == Counter({Fate.HANDLED: 1})
    assert await again() == Counter({Fate.HANDLED: 2, Fate.UNCHANGED: 1})
    assert await again(account_sid=None) == Counter({Fate.UNCHANGED: 3})
    states = "SELECT DISTINCT state FROM consents"
    assert await found(committed, states) == [("opted_out",)]
    received = "SELECT count(*) FROM webhook_events WHERE received_at < clock_timestamp() - interval '4 hours'"
    assert await found(committed, received) == [(2,)]
