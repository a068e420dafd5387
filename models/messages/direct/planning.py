"""Plans direct messages: one row each in the outbox, by an idempotency key, and tells the caller at once."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from messaging.media_urls import MediaRefused, check_media
from models.conversations.threading import add_planned
from models.events.kinds import EventKind
from models.events.note import Happening, Json, note_many
from models.messages.direct.content import BodyRefused, Content, check_words, measure
from models.messages.direct.drafts import REFUSED, Draft, KeyReused, PlannedDirect, Posting
from models.messages.direct.plan_sql import KNOWN, PLAN
from models.messages.direct.recipients import find_recipients
from models.messages.direct.standing import Standing, standing_run

DEFAULT_WINDOW = timedelta(hours=24)
"""How long after its `send_after` a message may still leave when its posting does not say."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A draft that can be a message: its key, number, words and what they take."""

    key: bytes
    phone: str
    body: str
    media: list[dict[str, str]] | None
    content: Content


async def plan_direct(connection: AsyncConnection, draft: Draft, posting: Posting) -> PlannedDirect:
    """Plans one message in the caller's transaction; once committed, wake a dispatcher.

    Someone who may not be written to, or words that cannot be sent, give a `skipped` message. Raises
    `PhoneRefused`, `NoSuchContact`, `BodyRefused`, `MediaRefused`, `KeyReused`, `NoSender` or
    `NoSuchConversation`.
    """
    [planned] = await _plan(connection, [draft], posting, key=None)
    if isinstance(planned, TidingsError):
        raise planned
    return planned


async def plan_many(
    connection: AsyncConnection, drafts: Sequence[Draft], posting: Posting, *, key: str | None = None
) -> list[PlannedDirect]:
    """Plans a message for each draft in the caller's transaction; the results are in the drafts' order.

    `key` is the idempotency key of the whole call: with it, each number gets one message, also when it is named
    twice or the call is repeated. Without it, a number that is named twice in this call counts once as well. What
    is wrong with one draft refuses that draft alone. Raises `NoSender` or `NoSuchConversation`.
    """
    if not drafts:
        return []
    results = await _plan(connection, drafts, posting, key=key or secrets.token_hex(16))
    return [
        PlannedDirect(None, REFUSED, reason=str(one)) if isinstance(one, TidingsError) else one for one in results
    ]


async def _plan(
    connection: AsyncConnection, drafts: Sequence[Draft], posting: Posting, *, key: str | None
) -> list[PlannedDirect | TidingsError]:
    standing = await standing_run(connection, posting)
    recipients = await find_recipients(
        connection,
        drafts,
        organization_id=posting.organization_id,
        region=standing.region,
        now=posting.now,
    )
    asked = [
        _row(draft, recipient, channel=standing.channel, key=key)
        for draft, recipient in zip(drafts, recipients.found, strict=True)
    ]
    rows: dict[bytes, _Row] = {}
    for row in asked:
        if isinstance(row, _Row):
            rows.setdefault(row.key, row)
    planned = await _write(connection, list(rows.values()), posting, standing) if rows else {}
    return [_result(row, planned, posting, standing) if isinstance(row, _Row) else row for row in asked]


def _row(draft: Draft, recipient: str | TidingsError, *, channel: str, key: str | None) -> "_Row | TidingsError":
    if isinstance(recipient, TidingsError):
        return recipient
    try:
        check_words(draft.body)
        check_media(draft.media, channel=channel)
    except (BodyRefused, MediaRefused) as refused:
        return refused
    media = [{"url": url} for url in draft.media] or None
    content = measure(draft.body, draft.media, channel=channel)
    return _Row(_dedupe_key(draft, recipient, key=key), recipient, draft.body, media, content)


def _dedupe_key(draft: Draft, phone: str, *, key: str | None) -> bytes:
    """A draft's own key is the message, whoever it goes to; that of a call is one message for each number."""
    if draft.key is None and key is None:
        return secrets.token_bytes(16)
    source = ["direct", draft.key] if draft.key is not None else ["direct to many", key, phone]
    return hashlib.sha256(json.dumps(source).encode()).digest()[:16]


async def _write(
    connection: AsyncConnection, rows: Sequence[_Row], posting: Posting, standing: Standing
) -> dict[bytes, PlannedDirect | dict[str, Any]]:
    """New messages by their key, and the columns of those that were there before."""
    send_after = posting.send_after or posting.now
    values = {
        "organization_id": posting.organization_id,
        "message_type": posting.message_type.value,
        "conversation_id": posting.conversation_id,
        "cause": posting.cause,
        "now": posting.now,
        "send_after": send_after,
        "send_before": posting.send_before or send_after + DEFAULT_WINDOW,
        "sender_id": standing.sender_id,
        "run_id": standing.run_id,
        "our_address": standing.address,
        "channel": standing.channel,
    }
    found: dict[bytes, PlannedDirect | dict[str, Any]] = {}
    for new in await connection.execute(PLAN, {**values, **_columns(rows)}):
        found[bytes(new.dedupe_key)] = PlannedDirect(
            new.id, new.state, new.skip_reason, phone=new.phone, contact_id=new.contact_id
        )
    made = [one for one in found.values() if isinstance(one, PlannedDirect)]
    await _note(connection, made, posting)
    await add_planned(connection, [one.id for one in made if one.id is not None], now=posting.now)
    known = {"organization_id": posting.organization_id, "keys": [row.key for row in rows if row.key not in found]}
    if known["keys"]:
        for old in (await connection.execute(KNOWN, known)).mappings():
            found[bytes(old["dedupe_key"])] = dict(old)
    return found


async def _note(connection: AsyncConnection, planned: Sequence[PlannedDirect], posting: Posting) -> None:
    subjects: list[dict[str, Json]] = [
        {"message_id": one.id, "contact_id": one.contact_id, "state": one.state, "reason": one.reason}
        for one in planned
    ]
    kind, organization_id = EventKind.MESSAGE_PLANNED, posting.organization_id
    noted = [Happening(organization_id=organization_id, kind=kind, subject=subject) for subject in subjects]
    await note_many(connection, noted, now=posting.now)


def _columns(rows: Sequence[_Row]) -> dict[str, Any]:
    return {
        "keys": [row.key for row in rows],
        "phones": [row.phone for row in rows],
        "bodies": [row.body for row in rows],
        "media": [json.dumps(row.media) if row.media else None for row in rows],
        "encodings": [row.content.encoding for row in rows],
        "segments": [row.content.segments for row in rows],
        "faults": [row.content.refusal for row in rows],
    }


def _result(
    row: _Row, planned: dict[bytes, PlannedDirect | dict[str, Any]], posting: Posting, standing: Standing
) -> PlannedDirect | TidingsError:
    found = planned[row.key]
    if isinstance(found, PlannedDirect):
        return found
    same = (row.phone, row.media, posting.message_type.value, standing.channel)
    if (found["phone"], found["media"], found["message_type"], found["channel"]) != same or (
        found["body"] not in (row.body, None)  # None: redacted since
    ):
        return KeyReused("The idempotency key belongs to another message; use a new key for each message.")
    return PlannedDirect(
        found["id"],
        found["state"],
        found["skip_reason"],
        existed=True,
        phone=found["phone"],
        contact_id=found["contact_id"],
    )
