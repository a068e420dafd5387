"""Conversations by the API: listed, read, answered, marked; and the media that people sent."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.api.server import PERSON, Api
from tests.api.v1.client import Client, problem

FLOW = "FW" + "0" * 32
CONTENT = b"\x89PNG" + b"." * 100_000


@pytest.fixture
async def conversation(api: Api, client: Client) -> dict[str, Any]:
    await api.inbound("When do you close?", sid="SM" + "3" * 32, ProfileName="Ada")
    [line] = (await client.get("/conversations")).json()["data"]
    found: dict[str, Any] = line
    return found


async def test_what_a_person_writes_is_a_conversation(client: Client, conversation: dict[str, Any]) -> None:
    assert (conversation["phone"], conversation["unread"]) == (PERSON, 1)
    assert conversation["phone_shown"] == "(202) 555-0177"
    assert (await client.get(f"/conversations/{conversation['id']}")).json() == conversation
    [message] = (await client.get(f"/conversations/{conversation['id']}/messages")).json()["data"]
    assert (message["direction"], message["body"]) == ("inbound", "When do you close?")


async def test_a_reply_is_a_message_in_the_thread(client: Client, conversation: dict[str, Any]) -> None:
    path = f"/conversations/{conversation['id']}/messages"
    planned = await client.post(path, {"body": "At 8."}, idempotency_key="reply 1")
    again = await client.post(path, {"body": "At 8."}, idempotency_key="reply 1")
    assert (planned.status_code, planned.json()["state"]) == (202, "planned")
    assert again.json() == planned.json()
    thread = (await client.get(f"{path}?limit=1")).json()
    assert [message["id"] for message in thread["data"]] == [planned.json()["id"]]
    rest = (await client.get(f"{path}?limit=5&cursor={thread['next_cursor']}")).json()
    assert [message["direction"] for message in rest["data"]] == ["inbound"]


async def test_read_and_unread(client: Client, conversation: dict[str, Any]) -> None:
    assert len((await client.get("/conversations?unread=true")).json()["data"]) == 1
    assert (await client.post(f"/conversations/{conversation['id']}/read")).json()["unread"] == 0
    assert (await client.get("/conversations?unread=true")).json()["data"] == []


async def test_somebody_takes_over_and_gives_back(client: Client, conversation: dict[str, Any]) -> None:
    path = f"/conversations/{conversation['id']}/mode"
    assert (await client.post(path, {"mode": "person", "reason": "Eve"})).json()["mode"] == "person"
    assert (await client.post(path, {"mode": "auto"})).json()["mode"] == "auto"
    problem(await client.post(path, {"mode": "studio"}), 422, "invalid")
    problem(await client.post(path, {"mode": "person", "flow": FLOW}), 422, "invalid")


async def test_a_flow_of_studio_takes_over(client: Client, api: Api, conversation: dict[str, Any]) -> None:
    path = f"/conversations/{conversation['id']}/mode"
    assert (await client.post(path, {"mode": "studio", "flow": FLOW})).json()["mode"] == "studio"
    assert f"/Flows/{FLOW}</Redirect>" in (await api.inbound("Hello?", sid="SM" + "4" * 32)).text
    assert (await client.post(path, {"mode": "auto"})).json()["mode"] == "auto"
    assert "Redirect" not in (await api.inbound("Hello?", sid="SM" + "5" * 32)).text


async def test_pages_of_conversations(client: Client, api: Api, conversation: dict[str, Any]) -> None:
    await api.inbound("Hello", sid="SM" + "4" * 32, From="+12025550178")
    first = (await client.get("/conversations?limit=1")).json()
    rest = (await client.get(f"/conversations?limit=1&cursor={first['next_cursor']}")).json()
    assert [line["phone"] for line in first["data"] + rest["data"]] == ["+12025550178", PERSON]
    assert rest["next_cursor"] is None
    assert conversation["id"] == rest["data"][0]["id"]


async def test_media_are_listed_downloaded_and_deleted_at_twilio(
    client: Client, api: Api, database: AsyncEngine, media_store: Path
) -> None:
    url = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"
    form = {"NumMedia": "1", "MediaUrl0": url, "MediaContentType0": "image/png"}
    await api.inbound("", sid="MM" + "5" * 32, **form)
    [message] = (await client.get("/messages")).json()["data"]
    [medium] = (await client.get(f"/messages/{message['id']}/media")).json()["data"]
    assert medium["state"] == "waiting"
    problem(await client.get(f"/media/{medium['id']}/content"), 409, "conflict")
    await _store(database, media_store)
    assert (await client.get(f"/media/{medium['id']}")).json()["state"] == "stored"
    file = await client.get(f"/media/{medium['id']}/content")
    assert (file.content, file.headers["content-type"]) == (CONTENT, "image/png")
    assert file.headers["content-disposition"] == "attachment"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert (await client.post(f"/messages/{message['id']}/media/deletion")).json() == {"asked": 1}
    assert (await client.get(f"/media/{medium['id']}")).json()["delete_asked_at"] is not None
    (media_store / "a" / "b").unlink()
    problem(await client.get(f"/media/{medium['id']}/content"), 503, "unavailable")


async def _store(database: AsyncEngine, media_store: Path) -> None:
    """What the sweep does."""
    (media_store / "a").mkdir(parents=True)
    (media_store / "a" / "b").write_bytes(CONTENT)
    values = "state = 'stored', path = 'a/b', content_type = 'image/png', size = 100004"
    async with database.begin() as connection:
        await connection.execute(text(f"UPDATE inbound_media SET {values}"))  # noqa: S608 (our own text)
