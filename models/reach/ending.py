"""A number that could not be reached lives again: its person wrote, or someone who knows says so."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_HEARD = """
    UPDATE contact_reach r
    SET code = NULL, unreachable_since = NULL, reached_at = :now, actor = :actor
    FROM heard h
    WHERE r.contact_id = h.id AND r.code IS NOT NULL AND r.unreachable_since <= :now
        AND (CAST(:channel AS text) IS NULL OR r.channel = :channel)
        AND (CAST(:code AS int) IS NULL OR r.code = :code)
    RETURNING r.contact_id, r.channel
"""

_END = f"""
    ended AS ({_HEARD}),
    counted AS (SELECT contact_id, array_agg(channel) AS channels FROM ended GROUP BY contact_id)
    UPDATE contacts c
    SET unreachable_on = ARRAY(SELECT x FROM unnest(c.unreachable_on) x WHERE x <> ALL(e.channels)),
        updated_at = :now
    FROM counted e WHERE c.id = e.contact_id
"""  # noqa: S608 (only the text above is put in)

_PERSON_WROTE = text(f"""
    WITH heard AS (SELECT id FROM contacts WHERE id = :contact_id FOR NO KEY UPDATE SKIP LOCKED), {_END}
""")  # noqa: S608 (see above)
"""A row that an import holds is left for the next message: a STOP must not wait for it."""

_SOMEONE_KNOWS = text(f"""
    WITH heard AS (
        SELECT id FROM contacts
        WHERE organization_id = :organization_id
            AND (CAST(:phone AS text) IS NULL OR phone = :phone)
            AND id = ANY(ARRAY(
                SELECT contact_id FROM contact_reach
                WHERE organization_id = :organization_id AND code IS NOT NULL
                    AND (CAST(:code AS int) IS NULL OR code = :code)))
        ORDER BY phone FOR NO KEY UPDATE
    ), {_END}
""")  # noqa: S608 (see above)


async def person_wrote(connection: AsyncConnection, contact_id: int, *, channel: str, now: datetime) -> None:
    """Ends it on the channel that the person wrote on; `now` is when that was."""
    values = {"contact_id": contact_id, "channel": channel, "code": None, "actor": "the person", "now": now}
    await connection.execute(_PERSON_WROTE, values)


async def someone_knows(
    connection: AsyncConnection,
    organization_id: UUID,
    *,
    actor: str,
    now: datetime,
    phone: str | None = None,
    code: int | None = None,
    channel: str | None = None,
) -> int:
    """Ends it for a number in E.164, or for all that one code of Twilio's had marked; returns how many contacts.

    Only on `channel` if one is named.
    """
    values = {"organization_id": organization_id, "phone": phone, "code": code, "channel": channel}
    return (await connection.execute(_SOMEONE_KNOWS, {**values, "actor": actor, "now": now})).rowcount
