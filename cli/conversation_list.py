"""What `tidings conversations list` and `show` do."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from rich.table import Table

from cli.database import open_database
from cli.messages_list import number
from cli.output import print_json, results
from models.columns import utc_now
from models.conversations.listing import ConversationLine, list_conversations, load_conversation
from models.conversations.reading import ThreadMessage, read_thread
from models.organizations import find_organization


def show_list(organization: str, *, unread: bool, limit: int, show_numbers: bool, as_json: bool) -> None:
    """Prints the latest conversations. Raises `NoSuchOrganization`, and what `open_database` does."""
    lines = asyncio.run(_lines(organization, unread=unread, limit=limit))
    if as_json:
        print_json({"conversations": [_to_json(line, show_numbers=show_numbers) for line in lines]})
        return
    table = Table("Id", "Who", "Number", "Channel", "Unread", "Answers", "Last", "Latest message")
    for line in lines:
        phone = line.phone_shown if show_numbers else number(line.phone, show=False)
        last = line.last_message_at.isoformat(timespec="seconds")
        unread_count = str(line.unread or "")
        table.add_row(str(line.id), line.name, phone, line.channel, unread_count, line.mode, last, line.preview)
    results().print(table)


def show_thread(organization: str, conversation_id: UUID, *, limit: int, as_json: bool) -> None:
    """Prints a conversation's messages. Raises `NoSuchOrganization`, `NoSuchConversation`."""
    messages = asyncio.run(_thread(organization, conversation_id, limit=limit))
    if as_json:
        print_json({"messages": [_plain(asdict(message)) for message in messages]})
        return
    for message in reversed(messages):
        who = "→" if message.direction == "outbound" else "←"
        media = [each["url"] for each in message.media or []] if message.direction == "outbound" else []
        received = [f"[{each['content_type']}, {each['state']}]" for each in message.inbound_media]
        said = " ".join(part for part in (message.body or "", *media, *received) if part)
        about = f" ({message.state})" if message.direction == "outbound" else ""
        results().print(f"{message.created_at.isoformat(timespec='seconds')} {who} {said}{about}")


async def _lines(organization: str, *, unread: bool, limit: int) -> Sequence[ConversationLine]:
    async with open_database(application="conversations list") as (_, engine), engine.connect() as connection:
        organization_id = (await find_organization(connection, organization)).id
        return await list_conversations(connection, organization_id, now=utc_now(), unread=unread, most=limit)


async def _thread(organization: str, conversation_id: UUID, *, limit: int) -> Sequence[ThreadMessage]:
    async with open_database(application="conversations show") as (_, engine), engine.connect() as connection:
        organization_id = (await find_organization(connection, organization)).id
        await load_conversation(connection, organization_id, conversation_id, now=utc_now())
        return await read_thread(connection, organization_id, conversation_id, most=limit)


def _to_json(line: ConversationLine, *, show_numbers: bool) -> dict[str, Any]:
    shown = line.phone_shown if show_numbers else number(line.phone, show=False)
    return _plain({**asdict(line), "phone": number(line.phone, show=show_numbers), "phone_shown": shown})


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Ids and times as text, for JSON."""
    return {
        name: value if isinstance(value, (str, int, list, dict, type(None))) else str(value)
        for name, value in row.items()
    }
