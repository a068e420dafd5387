"""STOP and START, as a person texts them: what each does to consent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.consent.opt_out import opt_out
from models.consent.tables import ConsentMethod
from models.events.consents import note_consents
from models.senders import MessageType

SOURCE = "keyword in an inbound message"

_START = text("""
    WITH known AS (
        SELECT c.message_type, c.state,
               CASE WHEN c.state = 'opted_out' AND c.opt_out_method IN ('keyword', 'carrier')
                    THEN c.before_opt_out ELSE c.state END AS state_after
        FROM consents c
        WHERE c.organization_id = :organization_id AND c.phone = :phone AND c.topic = '' AND c.channel = 'sms'
        ORDER BY c.message_type
        FOR UPDATE
    ),
    entries AS (
        INSERT INTO consent_events (organization_id, phone, message_type, topic, channel, state_before,
                                    state_after, method, source, message_sid, given_at, recorded_at)
        SELECT :organization_id, :phone, t.message_type, '', 'sms', COALESCE(k.state, 'unknown'),
               COALESCE(k.state_after, 'unknown'), 'keyword', :source, :message_sid, :now, :now
        FROM unnest(CAST(:message_types AS text[])) AS t(message_type) LEFT JOIN known k USING (message_type)
        RETURNING id, message_type, state_before, state_after
    )
    UPDATE consents c
    SET state = e.state_after, before_opt_out = NULL, opt_out_method = NULL, event_id = e.id, given_at = :now
    FROM entries e
    WHERE c.organization_id = :organization_id AND c.phone = :phone AND c.message_type = e.message_type
        AND c.topic = '' AND c.channel = 'sms' AND e.state_before <> e.state_after
    RETURNING e.id
""")


async def stop(
    connection: AsyncConnection, *, organization_id: UUID, phone: str, message_sid: str, now: datetime
) -> int:
    """Opts a number (E.164) out of every type of message at once; returns how many consents that ended."""
    return await opt_out(
        connection,
        organization_id=organization_id,
        phones=[phone],
        method=ConsentMethod.KEYWORD,
        source=SOURCE,
        message_sids=[message_sid],
        now=now,
    )


async def start(
    connection: AsyncConnection, *, organization_id: UUID, phone: str, message_sid: str, now: datetime
) -> int:
    """Restores what an opt-out by keyword or carrier had ended, type by type; returns how many consents.

    What a web form, an import or a person had ended stays ended, and a START never makes a consent that was not
    there. Each type gets a ledger entry, also when nothing changes.
    """
    values = {
        "organization_id": organization_id,
        "phone": phone,
        "message_types": [message_type.value for message_type in MessageType],
        "source": SOURCE,
        "message_sid": message_sid,
        "now": now,
    }
    restored = (await connection.execute(_START, values)).scalars().all()
    await note_consents(connection, restored, now=now)
    return len(restored)
