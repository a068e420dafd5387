"""Puts deliveries from the archive into a database that lacks them, to be handled as if they had just come."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.webhook_selection import Selected

_KEEP = text("""
    INSERT INTO webhook_events (kind, dedupe_key, organization_id, account_sid, query, payload, received_at)
    SELECT l.kind, l.dedupe_key, o.id, l.account_sid, l.query, CAST(l.payload AS jsonb), l.received_at
    FROM unnest(CAST(:kinds AS text[]), CAST(:keys AS text[]), CAST(:accounts AS text[]), CAST(:queries AS text[]),
                CAST(:payloads AS text[]), CAST(:times AS timestamptz[]))
        WITH ORDINALITY AS l(kind, dedupe_key, account_sid, query, payload, received_at, place)
    LEFT JOIN organizations o ON o.twilio_account_sid = l.account_sid AND l.kind = 'status'
    ORDER BY l.place
    ON CONFLICT (dedupe_key) DO NOTHING
""")

_FIND = text("SELECT id, kind FROM webhook_events WHERE dedupe_key = ANY(CAST(:keys AS text[])) ORDER BY id")


async def restore_deliveries(connection: AsyncConnection, deliveries: Sequence[dict[str, Any]]) -> list[Selected]:
    """Keeps those that are not here; returns all of them as they are in the database now."""
    keys = [each["dedupe_key"] for each in deliveries]
    values = {
        "kinds": [each["kind"] for each in deliveries],
        "keys": keys,
        "accounts": [each["account_sid"] for each in deliveries],
        "queries": [each["query"] for each in deliveries],
        "payloads": [json.dumps(each["payload"]) for each in deliveries],
        "times": [each["received_at"] for each in deliveries],
    }
    await connection.execute(_KEEP, values)
    return [Selected(**row) for row in (await connection.execute(_FIND, {"keys": keys})).mappings()]
