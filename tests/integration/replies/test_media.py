"""What people send along: fetched from Twilio with credentials that no other host sees, checked, kept, deleted."""

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from messaging.media_store import MediaStore
from messaging.settings import Settings
from models.columns import utc_now
from models.conversations.listing import list_conversations
from models.conversations.reading import read_thread
from models.media.reading import media_of
from models.media.waiting import ask_deletion
from tasks.equipment import Equipment, open_equipment
from tasks.media import tend_media
from tests.integration.replies.conftest import Talk

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
ROWS = "SELECT state, content_type, size, error FROM inbound_media ORDER BY id"


def medium(data: bytes, content_type: str = "image/png") -> dict[str, str]:
    return {"content_type": content_type, "data": b64encode(data).decode()}


@pytest.fixture
async def media_tools(talk: Talk, sending_settings: Settings, tmp_path: Path) -> AsyncIterator[Equipment]:  # noqa: ARG001
    changes = {"tidings_media_store": str(tmp_path / "media"), "tidings_media_megabytes": 0.001}
    async with open_equipment(sending_settings.model_copy(update=changes)) as equipment:
        yield equipment


async def kept(talk: Talk, tools: Equipment) -> list[bytes]:
    paths = await talk.rows("SELECT path FROM inbound_media WHERE path IS NOT NULL ORDER BY id")
    store = MediaStore.of(tools.settings)
    return [store.open(path).read() for (path,) in paths]


@pytest.mark.parametrize("whatsapp", [False, True], ids=["sms", "whatsapp"])
async def test_a_picture_is_kept(talk: Talk, media_tools: Equipment, *, whatsapp: bool) -> None:
    await talk.say("", whatsapp=whatsapp, media=[medium(PICTURE), medium(b"BEGIN:VCARD\r\nFN:x", "text/vcard")])
    assert dict(await tend_media(media_tools)) == {"stored": 2}
    assert await kept(talk, media_tools) == [PICTURE, b"BEGIN:VCARD\r\nFN:x"]
    digest = hashlib.sha256(PICTURE).hexdigest()
    assert await talk.rows("SELECT sha256 FROM inbound_media ORDER BY id LIMIT 1") == [(digest,)]
    stats = await talk.twilio.get("stats")
    assert (stats["media_fetched"], stats.get("media_with_credentials", 0)) == (2, 2)  # the simulator is one host
    async with talk.engine.connect() as connection:
        [line] = await list_conversations(connection, talk.organization_id, now=utc_now())
        [message] = await read_thread(connection, talk.organization_id, line.id)
        assert line.preview == "[Media]"
        assert [each["content_type"] for each in message.inbound_media] == ["image/png", "text/vcard"]
        assert len(await media_of(connection, talk.organization_id, message.id)) == 2
    assert dict(await tend_media(media_tools)) == {}


REFUSED: dict[str, tuple[Any, str]] = {
    "too large": (medium(PICTURE * 10), "larger than 0.001 MB"),
    "a program that says it is a picture": (medium(b"MZ\x90\x00" + bytes(100)), "of a type that is not stored"),
    "a page": (medium(b"<html><script>alert(1)</script></html>", "text/plain"), "of a type that is not stored"),
    "somebody else's host": ("https://www.example.com/a.png", "not the account's at Twilio"),
    "the cloud's own address": ("http://169.254.169.254/latest/meta-data/", "not the account's at Twilio"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_not_kept(talk: Talk, media_tools: Equipment, case: str) -> None:
    sent, reason = REFUSED[case]
    await talk.say("", media=[sent])
    assert dict(await tend_media(media_tools)) == {"refused": 1}
    [(state, _, _, error)] = await talk.rows(ROWS)
    assert state == "refused"
    assert reason in error
    assert await kept(talk, media_tools) == []


async def test_another_accounts_media_are_not_asked_for(talk: Talk, media_tools: Equipment) -> None:
    url = f"{talk.twilio.url}/2010-04-01/Accounts/AC{'9' * 32}/Messages/MM1/Media/ME1"
    await talk.say("", media=[url])
    assert dict(await tend_media(media_tools)) == {"refused": 1}


async def test_what_fails_is_tried_again_later_and_given_up_in_the_end(talk: Talk, media_tools: Equipment) -> None:
    await talk.say("", media=[medium(PICTURE)])
    await asyncio.to_thread(Path(media_tools.settings.tidings_media_store).write_text, "in the way")
    for _ in range(8):
        assert dict(await tend_media(media_tools)) == {"later": 1}
        assert dict(await tend_media(media_tools)) == {}
        await talk.do("UPDATE inbound_media SET next_try_at = now() WHERE next_try_at IS NOT NULL")
    assert [row[0] for row in await talk.rows(ROWS)] == ["failed"]


async def test_deleted_at_twilio_when_asked(talk: Talk, media_tools: Equipment) -> None:
    await talk.say("", media=[medium(PICTURE)])
    [(message_id,)] = await talk.rows("SELECT message_id FROM inbound_media")
    async with talk.engine.begin() as connection:
        asked = {"organization_id": talk.organization_id, "message_id": message_id, "now": utc_now()}
        assert await ask_deletion(connection, **asked) == 1
        assert await ask_deletion(connection, **asked) == 0
    assert dict(await tend_media(media_tools)) == {"stored": 1, "deleted": 1}
    assert (await talk.twilio.get("stats"))["media_deleted"] == 1
    assert await kept(talk, media_tools) == [PICTURE]
    assert await talk.rows("SELECT state, deleted_at IS NOT NULL FROM inbound_media") == [("stored", True)]
    assert dict(await tend_media(media_tools)) == {}


async def test_deleted_at_twilio_when_set_so(talk: Talk, media_tools: Equipment) -> None:
    await talk.say("", media=[medium(PICTURE)])
    settings = media_tools.settings.model_copy(update={"tidings_delete_media_at_twilio": True})
    async with open_equipment(settings) as tools:
        assert dict(await tend_media(tools)) == {"stored": 1, "deleted": 1}
