"""People who talk with a running API, and whose data are exported and erased."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from messaging.settings import Settings
from tasks.equipment import Equipment, open_equipment
from tests.integration.gaps.receiver import ReceiverProcess
from tests.integration.replies.conftest import Talk, database_name, receiver, talk

__all__ = ["database_name", "receiver", "talk"]


@pytest.fixture
async def nothing_unhandled(talk: Talk) -> AsyncIterator[None]:
    """Every webhook is handled: one that is only kept would make these tests prove nothing."""
    yield
    assert await talk.rows("SELECT error FROM webhook_events WHERE error IS NOT NULL") == []


@pytest.fixture
async def tools(
    talk: Talk,  # noqa: ARG001 (what it works on)
    receiver: ReceiverProcess,
    sending_settings: Settings,
    tmp_path: Path,
) -> AsyncIterator[Equipment]:
    """With an archive and a media store of the test's own."""
    changes = {
        "public_base_url": receiver.url,
        "tidings_media_store": str(tmp_path / "media"),
        "tidings_webhook_archive": f"file://{tmp_path}/archive",
        "tidings_webhook_archive_seconds": 0.0,
    }
    async with open_equipment(sending_settings.model_copy(update=changes)) as equipment:
        yield equipment
