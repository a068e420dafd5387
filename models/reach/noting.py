"""Notes which numbers cannot be reached, from the codes that their messages failed with, a batch at a time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.unreachable import UnreachableCode, unreachable_code

_LOCK = text("""
    SELECT id FROM contacts
    WHERE id = ANY(ARRAY(SELECT contact_id FROM messages WHERE id = ANY(CAST(:ids AS bigint[]))))
    ORDER BY phone FOR NO KEY UPDATE
""")
"""In the order of numbers, as everyone who locks several contacts does, and after their messages."""

_IN_A_ROW = """
    SELECT count(*) FROM messages x
    WHERE x.contact_id = m.contact_id AND x.channel = m.channel AND x.direction = 'outbound'
        AND x.state IN ('undelivered', 'failed') AND x.error_code = f.code
        AND x.created_at > COALESCE(r.reached_at, '-infinity')
        AND x.id > COALESCE((
            SELECT max(y.id) FROM messages y
            WHERE y.contact_id = m.contact_id AND y.channel = m.channel
                AND y.state IN ('delivered', 'read', 'received')), 0)
"""
"""Failures with the same code since something last went through, in either direction."""

_NOTE = text(f"""
    WITH found AS (
        SELECT DISTINCT ON (m.contact_id, m.channel) m.contact_id, m.channel, m.organization_id, f.code
        FROM unnest(CAST(:ids AS bigint[]), CAST(:codes AS int[]), CAST(:failures AS int[]),
                    CAST(:channels AS text[])) AS f(id, code, failures, channels)
        JOIN messages m ON m.id = f.id
        LEFT JOIN contact_reach r ON r.contact_id = m.contact_id AND r.channel = m.channel
        WHERE m.contact_id IS NOT NULL AND m.channel = ANY(string_to_array(f.channels, ' '))
            AND r.code IS NULL AND m.created_at > COALESCE(r.reached_at, '-infinity')
            AND (f.failures = 1 OR ({_IN_A_ROW}) >= f.failures)
        ORDER BY m.contact_id, m.channel, f.code
    ),
    noted AS (
        INSERT INTO contact_reach (contact_id, channel, organization_id, code, unreachable_since)
        SELECT contact_id, channel, organization_id, code, :now FROM found
        ON CONFLICT (contact_id, channel) DO UPDATE
        SET code = EXCLUDED.code, unreachable_since = EXCLUDED.unreachable_since, actor = NULL
        RETURNING contact_id, channel
    )
    UPDATE contacts c SET unreachable_on = c.unreachable_on || n.channels, updated_at = :now
    FROM (SELECT contact_id, array_agg(channel ORDER BY channel) AS channels FROM noted GROUP BY contact_id) n
    WHERE c.id = n.contact_id
""")  # noqa: S608 (only the text above is put in)


async def note_unreachable(
    connection: AsyncConnection, failures: Iterable[tuple[int, int | None]], *, now: datetime
) -> int:
    """Marks the contacts of failed messages whose codes say so; returns how many. Most batches cost nothing.

    `failures` are message ids, locked by the caller, with their codes. A message from before the person was last
    heard of says nothing: a status that comes late, or a second time, does not mark anyone again.
    """
    telling = [(message_id, said) for message_id, code in failures if (said := unreachable_code(code)) is not None]
    if not telling:
        return 0
    values = _columns(telling)
    await connection.execute(_LOCK, {"ids": values["ids"]})
    return (await connection.execute(_NOTE, {**values, "now": now})).rowcount


def _columns(telling: Sequence[tuple[int, UnreachableCode]]) -> dict[str, list[Any]]:
    return {
        "ids": [message_id for message_id, _ in telling],
        "codes": [said.code for _, said in telling],
        "failures": [said.failures for _, said in telling],
        "channels": [" ".join(sorted(said.channels)) for _, said in telling],
    }
