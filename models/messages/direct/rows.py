"""From drafts to the rows of the outbox: checked, measured, each with the key that makes it one message."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from messaging.errors import TidingsError
from messaging.media_urls import MediaRefused, check_media
from models.messages.direct.content import BodyRefused, Content, check_words, measure
from models.messages.direct.drafts import Draft
from models.messages.direct.personal import without_personal_data
from models.policy.retention_section import Retention


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A draft that can be a message: its key, number, words, and what they take."""

    key: bytes
    phone: str
    body: str
    media: list[dict[str, str]] | None
    content: Content


def row_of(
    draft: Draft, recipient: str | TidingsError, *, channel: str, key: str | None, rules: Retention
) -> OutboxRow | TidingsError:
    """The row of a draft to this number, or why there is none; `key` is that of the whole call.

    `rules` say which numbers may not stand in a text.
    """
    if isinstance(recipient, TidingsError):
        return recipient
    try:
        check_words(draft.body)
        body = without_personal_data(draft.body, rules)
        check_media(draft.media, channel=channel)
    except (BodyRefused, MediaRefused) as refused:
        return refused
    media = [{"url": url} for url in draft.media] or None
    content = measure(body, draft.media, channel=channel)
    return OutboxRow(_dedupe_key(draft, recipient, key=key), recipient, body, media, content)


def columns(rows: Sequence[OutboxRow]) -> dict[str, Any]:
    """The rows as `plan_sql.PLAN` takes them: a list for each column."""
    return {
        "keys": [row.key for row in rows],
        "phones": [row.phone for row in rows],
        "bodies": [row.body for row in rows],
        "media": [json.dumps(row.media) if row.media else None for row in rows],
        "encodings": [row.content.encoding for row in rows],
        "segments": [row.content.segments for row in rows],
        "faults": [row.content.refusal for row in rows],
    }


def _dedupe_key(draft: Draft, phone: str, *, key: str | None) -> bytes:
    """A draft's own key is the message, whoever it goes to; that of a call is one message for each number."""
    if draft.key is None and key is None:
        return secrets.token_bytes(16)
    source = ["direct", draft.key] if draft.key is not None else ["direct to many", key, phone]
    return hashlib.sha256(json.dumps(source).encode()).digest()[:16]
