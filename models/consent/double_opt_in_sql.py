"""The statements of a double opt-in; `models.consent.double_opt_in` gives them their values."""

from sqlalchemy import text

KNOWN = text("""
    SELECT channel, state FROM consents
    WHERE organization_id = :organization_id AND phone = :phone AND message_type = :message_type AND topic = ''
        AND channel IN ('sms', :channel)
    ORDER BY channel
    FOR UPDATE
""")

# As in `opt_out`, the id of the ledger's entry is drawn first. Of two first JOINs at once, one asks.
ASK = text("""
    WITH asked AS (
        INSERT INTO consents AS c (organization_id, phone, message_type, topic, channel, state, event_id, given_at)
        VALUES (:organization_id, :phone, :message_type, '', :channel, 'pending',
                nextval(pg_get_serial_sequence('consent_events', 'id')), :now)
        ON CONFLICT (organization_id, phone, message_type, topic, channel) DO UPDATE
        SET state = 'pending', event_id = EXCLUDED.event_id, given_at = EXCLUDED.given_at,
            before_opt_out = NULL, opt_out_method = NULL
        WHERE c.state = 'unknown' OR (c.state = 'pending' AND c.given_at <= :not_asked_since)
        RETURNING event_id
    )
    INSERT INTO consent_events (id, organization_id, phone, message_type, topic, channel, state_before,
                                state_after, method, source, message_sid, evidence, given_at, recorded_at)
    OVERRIDING SYSTEM VALUE
    SELECT event_id, :organization_id, :phone, :message_type, '', :channel, :state_before, 'pending', :method,
           'JOIN in an inbound message', :message_sid, CAST(:evidence AS jsonb), :now, :now
    FROM asked
    RETURNING id
""")

# A STOP on any channel after the question ends what was asked, also when a START has come since.
CONFIRM = text("""
    WITH pending AS (
        SELECT c.message_type, c.channel, c.event_id FROM consents c
        WHERE c.organization_id = :organization_id AND c.phone = :phone AND c.topic = ''
            AND c.channel = :channel AND c.state = 'pending'
        FOR UPDATE
    ),
    confirmed AS (
        INSERT INTO consent_events (organization_id, phone, message_type, topic, channel, state_before,
                                    state_after, method, source, message_sid, evidence, given_at, recorded_at)
        SELECT :organization_id, :phone, p.message_type, '', p.channel, 'pending', 'opted_in', :method,
               'YES to the question of a JOIN', :message_sid,
               e.evidence || jsonb_build_object('join_message_sid', e.message_sid, 'asked_at', e.given_at),
               :now, :now
        FROM pending p JOIN consent_events e ON e.id = p.event_id
        WHERE e.given_at <= :now AND CAST(e.evidence ->> 'confirm_before' AS timestamptz) > :now
            AND NOT EXISTS (
                SELECT FROM consent_events no
                WHERE no.organization_id = :organization_id AND no.phone = :phone AND no.id > e.id
                    AND no.state_after = 'opted_out')
        RETURNING id, message_type, channel, evidence
    )
    UPDATE consents c
    SET state = 'opted_in', event_id = n.id, given_at = :now
    FROM confirmed n
    WHERE c.organization_id = :organization_id AND c.phone = :phone AND c.message_type = n.message_type
        AND c.topic = '' AND c.channel = n.channel
    RETURNING n.id, n.evidence ->> 'thanks' AS thanks
""")

EXPIRE = text("""
    WITH late AS (
        SELECT c.organization_id, c.phone, c.message_type, c.channel, e.evidence, e.message_sid
        FROM consents c JOIN consent_events e ON e.id = c.event_id
        WHERE c.state = 'pending' AND c.topic = '' AND c.given_at <= :now
            AND CAST(e.evidence ->> 'confirm_before' AS timestamptz) <= :now
        ORDER BY c.given_at LIMIT :most
        FOR UPDATE OF c SKIP LOCKED
    ),
    entries AS (
        INSERT INTO consent_events (organization_id, phone, message_type, topic, channel, state_before,
                                    state_after, method, source, message_sid, evidence, given_at, recorded_at)
        SELECT organization_id, phone, message_type, '', channel, 'pending', 'unknown', :method,
               'the question of a JOIN was never answered with YES', message_sid, evidence, :now, :now
        FROM late
        RETURNING id, organization_id, phone, message_type, channel
    )
    UPDATE consents c
    SET state = 'unknown', event_id = e.id, given_at = :now
    FROM entries e
    WHERE c.organization_id = e.organization_id AND c.phone = e.phone AND c.message_type = e.message_type
        AND c.topic = '' AND c.channel = e.channel
    RETURNING e.id
""")
