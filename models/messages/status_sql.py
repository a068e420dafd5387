"""The statements by which reported statuses reach messages; `models.messages.statuses` gives them their order."""

from sqlalchemy import text

RECORDING = 4_881_203_377_514
"""Any fixed number: PostgreSQL's advisory lock between those who record SIDs and those who find none.

Whoever records a SID holds it shared from then to the commit, before looking for events of that SID; whoever
finds no message for a SID takes it alone and looks again. So one of the two always sees the other.
"""

LOCK_ALONE = text("SELECT pg_advisory_xact_lock(:recording)").bindparams(recording=RECORDING)
LOCK_SHARED = text("SELECT pg_advisory_xact_lock_shared(:recording)").bindparams(recording=RECORDING)

LOCK_MESSAGES = text("""
    SELECT m.id, m.organization_id, m.phone, m.campaign_run_id, m.attempt, m.twilio_sid,
        o.twilio_account_sid AS account_sid
    FROM messages m JOIN organizations o ON o.id = m.organization_id
    WHERE m.id = ANY(ARRAY(
            SELECT id FROM messages WHERE twilio_sid = ANY(CAST(:sids AS text[]))
            UNION SELECT id FROM messages WHERE id = ANY(CAST(:ids AS bigint[]))
        ))
        AND m.direction = 'outbound' AND o.twilio_account_sid = ANY(CAST(:accounts AS text[]))
        AND (m.account_sid IS NULL OR m.account_sid = o.twilio_account_sid)
    ORDER BY m.id
    FOR UPDATE OF m
""")
"""Messages with one of the SIDs or ids that belong to one of the accounts, locked in the order of their ids."""

KEEP_EVENTS = text("""
    INSERT INTO message_events AS kept (message_id, twilio_sid, account_sid, status, error_code, received_at)
    SELECT message_id, twilio_sid, account_sid, status, error_code, :now
    FROM jsonb_to_recordset(CAST(:events AS jsonb))
        AS e(message_id bigint, twilio_sid text, account_sid text, status text, error_code int)
    ON CONFLICT (twilio_sid, status) DO UPDATE
        SET message_id = EXCLUDED.message_id, account_sid = EXCLUDED.account_sid,
            error_code = CASE WHEN kept.account_sid <> EXCLUDED.account_sid THEN EXCLUDED.error_code
                              ELSE kept.error_code END
        WHERE kept.message_id IS NULL AND EXCLUDED.message_id IS NOT NULL
    RETURNING message_id, twilio_sid, status, error_code
""")
"""Keeps events; returns those that are new, or that only now found their message.

What another account said of the same SID, which is not its own, gives way to what the message's account says.
"""

ORPHANS = text("""
    UPDATE message_events e SET message_id = m.id
    FROM messages m
    WHERE e.twilio_sid = ANY(CAST(:sids AS text[])) AND e.message_id IS NULL
        AND m.twilio_sid = e.twilio_sid AND m.direction = 'outbound'
        AND (e.account_sid IS NULL OR m.account_sid IS NULL OR e.account_sid = m.account_sid)
    RETURNING m.id AS message_id, e.twilio_sid, e.status, e.error_code, m.account_sid
""")
"""Gives events that came before their message's SID to that message, if they are of its account."""

APPLY = text("""
    UPDATE messages m
    SET state = GREATEST(m.state, s.state),
        error_code = CASE WHEN s.state > m.state THEN s.kept_code
                          WHEN s.state = m.state THEN GREATEST(m.error_code, s.kept_code) ELSE m.error_code END,
        failed_at = CASE WHEN s.state > m.state THEN s.failed_at
                         WHEN s.state = m.state THEN COALESCE(m.failed_at, s.failed_at) ELSE m.failed_at END,
        twilio_sid = COALESCE(m.twilio_sid, s.twilio_sid),
        account_sid = COALESCE(m.account_sid, s.account_sid),
        updated_at = :now
    FROM jsonb_to_recordset(CAST(:winners AS jsonb))
        AS s(message_id bigint, twilio_sid text, account_sid text, state message_state, kept_code int,
             failed_at text)
    WHERE m.id = s.message_id AND (
        m.twilio_sid IS NULL OR s.state > m.state
        OR (s.state = m.state AND (s.kept_code > COALESCE(m.error_code, 0) OR m.failed_at IS DISTINCT FROM
                                   COALESCE(m.failed_at, s.failed_at)))
    )
""")
"""The greatest state wins and brings its error code; a message without a SID gets it. One row a message."""
