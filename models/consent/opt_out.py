"""Someone said no: the ledger and the current state, for every type of message, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.consent.tables import ConsentMethod
from models.events.consents import note_consents
from models.senders import MessageType

_ASKED = """
    asked AS (
        SELECT a.phone, t.message_type, a.message_sid
        FROM unnest(CAST(:phones AS text[]), CAST(:message_sids AS text[])) AS a(phone, message_sid)
        CROSS JOIN unnest(CAST(:message_types AS text[])) AS t(message_type)
        ORDER BY a.phone, t.message_type
    )
"""

# The id of the ledger's entry is drawn first, so that a number that two opt-outs meet at once has one first entry.
_FIRST_HEARD_OF = text(f"""
    WITH {_ASKED},
    fresh AS (
        INSERT INTO consents (organization_id, phone, message_type, topic, channel, state, before_opt_out,
                              opt_out_method, event_id, given_at)
        SELECT :organization_id, phone, message_type, '', 'sms', 'opted_out', 'unknown', :method,
               nextval(pg_get_serial_sequence('consent_events', 'id')), :now
        FROM asked
        ON CONFLICT (organization_id, phone, message_type, topic, channel) DO NOTHING
        RETURNING phone, message_type, event_id
    )
    INSERT INTO consent_events (id, organization_id, phone, message_type, topic, channel, state_before,
                                state_after, method, source, message_sid, given_at, recorded_at)
    OVERRIDING SYSTEM VALUE
    SELECT f.event_id, :organization_id, f.phone, f.message_type, '', 'sms', 'unknown', 'opted_out',
           :method, :source, a.message_sid, :now, :now
    FROM fresh f JOIN asked a USING (phone, message_type)
    RETURNING id
""")  # noqa: S608 (only the text above is put in)

_KNOWN = text(f"""
    WITH {_ASKED},
    locked AS (
        SELECT c.phone, c.message_type, c.state, a.message_sid
        FROM consents c JOIN asked a USING (phone, message_type)
        WHERE c.organization_id = :organization_id AND c.topic = '' AND c.channel = 'sms'
            AND NOT c.event_id = ANY(CAST(:fresh AS bigint[]))
        ORDER BY c.phone, c.message_type
        FOR UPDATE OF c
    ),
    entries AS (
        INSERT INTO consent_events (organization_id, phone, message_type, topic, channel, state_before,
                                    state_after, method, source, message_sid, given_at, recorded_at)
        SELECT :organization_id, phone, message_type, '', 'sms', state, 'opted_out',
               :method, :source, message_sid, :now, :now
        FROM locked
        RETURNING id, phone, message_type, state_before
    )
    UPDATE consents c
    SET state = 'opted_out', event_id = e.id, given_at = :now,
        before_opt_out = CASE e.state_before WHEN 'opted_out' THEN c.before_opt_out WHEN 'pending' THEN 'unknown'
                              ELSE e.state_before END,
        opt_out_method = CASE WHEN e.state_before = 'opted_out' THEN c.opt_out_method ELSE :method END
    FROM entries e
    WHERE c.organization_id = :organization_id AND c.phone = e.phone AND c.message_type = e.message_type
        AND c.topic = '' AND c.channel = 'sms'
    RETURNING e.id, e.state_before <> 'opted_out' AS ended
""")  # noqa: S608 (only the text above is put in)

# What a JOIN has asked on another channel is over too; on SMS the statement above has ended it.
_END_QUESTIONS = text("""
    WITH asked AS (
        SELECT c.phone, c.message_type, c.channel, a.message_sid
        FROM consents c
        JOIN unnest(CAST(:phones AS text[]), CAST(:message_sids AS text[])) AS a(phone, message_sid) USING (phone)
        WHERE c.organization_id = :organization_id AND c.topic = '' AND c.state = 'pending'
        ORDER BY c.phone, c.message_type, c.channel
        FOR UPDATE OF c
    ),
    entries AS (
        INSERT INTO consent_events (organization_id, phone, message_type, topic, channel, state_before,
                                    state_after, method, source, message_sid, given_at, recorded_at)
        SELECT :organization_id, phone, message_type, '', channel, 'pending', 'unknown',
               :method, :source, message_sid, :now, :now
        FROM asked
        RETURNING id, phone, message_type, channel
    )
    UPDATE consents c
    SET state = 'unknown', event_id = e.id, given_at = :now
    FROM entries e
    WHERE c.organization_id = :organization_id AND c.phone = e.phone AND c.message_type = e.message_type
        AND c.topic = '' AND c.channel = e.channel
    RETURNING e.id
""")


async def opt_out(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    phones: Sequence[str],
    method: ConsentMethod,
    source: str,
    message_sids: Sequence[str | None],
    now: datetime,
) -> int:
    """Opts numbers (E.164) out of every type of message; returns how many consents it ended.

    `message_sids` are the evidence, one for each phone. Each number gets a ledger entry for each type, also when
    it was opted out before; what that earlier opt-out ended stays what a START may restore. What a JOIN has asked
    is over, on every channel. A number that is named twice counts once, with its first evidence.
    """
    evidence: dict[str, str | None] = {}
    for phone, message_sid in zip(phones, message_sids, strict=True):
        evidence.setdefault(phone, message_sid)
    values = {
        "organization_id": organization_id,
        "phones": list(evidence),
        "message_sids": list(evidence.values()),
        "message_types": [message_type.value for message_type in MessageType],
        "method": method.value,
        "source": source,
        "now": now,
    }
    fresh = (await connection.execute(_FIRST_HEARD_OF, values)).scalars().all()
    known = (await connection.execute(_KNOWN, {**values, "fresh": list(fresh)})).all()
    ended = [*fresh, *(row.id for row in known if row.ended)]
    unasked = (await connection.execute(_END_QUESTIONS, values)).scalars().all()
    await note_consents(connection, [*ended, *unasked], now=now)
    return len(ended)
