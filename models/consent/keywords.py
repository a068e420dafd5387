"""STOP and START, as a person texts them: what each does to consent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.consent.ledger import KEY, asked, known, remark
from models.consent.opt_out import opt_out
from models.consent.scope import EVERYTHING, Scope
from models.consent.tables import TAKEN_BACK_BY_START, ConsentMethod
from models.events.consents import note_consents
from models.senders import MessageType

SOURCE = "keyword in an inbound message"

# Locked by a statement of its own, so that the next one sees what the others who held it wrote to the ledger.
_LOCK = text(f"""
    SELECT state FROM consents WHERE organization_id = :organization_id AND phone = :phone
    ORDER BY {KEY} FOR UPDATE
""")  # noqa: S608 (only the text above is put in)

# What ended a consent is the entry that made it opted out; entries of one opt-out share message and moment.
_ENDED_LAST = f"""
    WITH ends AS (
        SELECT DISTINCT ON (c.message_type, c.topic, c.channel)
            c.message_type, c.topic, c.channel, c.before_opt_out, e.id, e.message_sid, e.method, e.recorded_at
        FROM consents c JOIN consent_events e USING ({KEY})
        WHERE c.organization_id = :organization_id AND c.phone = :phone AND c.state = 'opted_out'
            AND c.opt_out_method = ANY(CAST(:taken_back AS text[]))
            AND e.state_after = 'opted_out' AND e.state_before <> 'opted_out'
        ORDER BY c.message_type, c.topic, c.channel, e.id DESC
    ),
    latest AS (SELECT message_sid, method, recorded_at FROM ends ORDER BY id DESC LIMIT 1)
    SELECT e.* FROM ends e JOIN latest l
        ON e.method = l.method AND e.recorded_at = l.recorded_at
        AND e.message_sid IS NOT DISTINCT FROM l.message_sid
"""  # noqa: S608 (only the text above is put in)

_RESTORE = known(
    asked(
        f"FROM ({_ENDED_LAST}) r",
        phone=":phone",
        message_type="r.message_type",
        topic="r.topic",
        channel="r.channel",
        says="r.before_opt_out",
        action="'start'",
        message_sid=":message_sid",
    ),
    only="c.state = 'opted_out'",
)

_CHANGED_NOTHING = remark(
    asked(
        """
        FROM unnest(CAST(:message_types AS text[])) AS t(message_type)
        LEFT JOIN consents c ON c.organization_id = :organization_id AND c.phone = :phone
            AND c.message_type = t.message_type AND c.topic = '' AND c.channel = 'sms'
        WHERE c.event_id IS NULL OR NOT c.event_id = ANY(CAST(:restored AS bigint[]))
        """,
        phone=":phone",
        message_type="t.message_type",
        says="COALESCE(c.state, 'unknown')",
        action="'start'",
        message_sid=":message_sid",
    )
)


async def stop(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    phone: str,
    message_sid: str,
    now: datetime,
    scope: Scope = EVERYTHING,
) -> int:
    """Opts a number (E.164) out of all that `scope` names at once; returns how many consents that ended."""
    return await opt_out(
        connection,
        organization_id=organization_id,
        phones=[phone],
        method=ConsentMethod.KEYWORD,
        source=SOURCE,
        message_sids=[message_sid],
        now=now,
        scope=scope,
    )


async def start(
    connection: AsyncConnection, *, organization_id: UUID, phone: str, message_sid: str, now: datetime
) -> int:
    """Restores what the last opt-out by message or carrier had ended, whatever its scope; returns how much.

    A second START restores what the opt-out before that had ended. What a web form, an import or a person had
    ended stays ended, and a START never makes a consent that was not there. Each type gets a ledger entry, also
    when nothing changes.
    """
    values = {
        "organization_id": organization_id,
        "phone": phone,
        "taken_back": [method.value for method in TAKEN_BACK_BY_START],
        "method": ConsentMethod.KEYWORD.value,
        "source": SOURCE,
        "message_sid": message_sid,
        "now": now,
    }
    await connection.execute(_LOCK, values)
    restored = [entry.id for entry in await connection.execute(_RESTORE, values)]
    message_types = [message_type.value for message_type in MessageType]
    await connection.execute(_CHANGED_NOTHING, {**values, "message_types": message_types, "restored": restored})
    await note_consents(connection, restored, now=now)
    return len(restored)
