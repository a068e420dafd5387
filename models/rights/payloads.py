"""Raw webhooks of erased people: what is left of one says that it came, and nothing of whom or what it was."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_STRIP = text("""
    UPDATE webhook_events
    SET answer = CASE WHEN answer IS NOT NULL THEN '' END, payload = COALESCE((
        SELECT jsonb_agg(pair) FROM jsonb_array_elements(payload) AS pair
        WHERE pair ->> 0 IN ('MessageSid', 'MessageStatus', 'ErrorCode', 'AccountSid')), '[]')
    WHERE dedupe_key = ANY(CAST(:keys AS text[]))
""")


async def strip_payloads(connection: AsyncConnection, dedupe_keys: Sequence[str]) -> int:
    """Takes the person out of these deliveries; returns how many there are."""
    return (await connection.execute(_STRIP, {"keys": list(dedupe_keys)})).rowcount
