"""The statements of a claim; `models.messages.claim` gives them their values."""

from sqlalchemy import text

from models.appointments.values import APPOINTMENT_COLUMNS
from models.consent.refusal import CONSENT, REFUSAL, WINDOW_CLOSED
from models.messages.secrets import BODY, STANDS_FOR
from models.messages.undeliverable import undeliverable
from models.quiet_hours.place_key import PLACE_KEY

_SENDER = "(SELECT r.sender_id FROM campaign_runs r WHERE r.id = :run_id)"

DUE = text(f"""
    SELECT m.id, m.organization_id, m.contact_id, m.phone, m.country, m.channel, m.attempt, m.tries,
        m.message_type, m.own_body, {BODY} AS body, m.media, m.encoding, m.segments, m.traceparent,
        m.appointment_id, m.withdrawn, m.send_before, m.send_before IS NOT NULL AND m.send_before <= :now AS late,
        COALESCE({REFUSAL}, {undeliverable(sender=_SENDER)},
            CASE WHEN {WINDOW_CLOSED} THEN 'whatsapp_window_closed' END) AS refusal,
        m.send_at_twilio, (SELECT s.address FROM senders s WHERE s.id = {_SENDER}) AS sender_address,
        {PLACE_KEY} AS place_key,
        ct.first_name, ct.last_name, ct.email, ct.locale, ct.timezone, ct.attributes,
        {APPOINTMENT_COLUMNS}
    FROM messages m
    LEFT JOIN contacts ct ON ct.id = m.contact_id
    LEFT JOIN appointments ap ON ap.id = m.appointment_id
    {CONSENT}
    WHERE m.id = ANY(ARRAY(
        SELECT due.id FROM messages due
        WHERE due.campaign_run_id = :run_id AND due.state = 'planned' AND due.send_after <= :now
            AND EXISTS (
                SELECT FROM campaign_runs r JOIN senders s ON s.id = r.sender_id
                WHERE r.id = :run_id AND r.state = 'sending' AND s.state = 'active')
            AND (due.country IS NULL OR due.country <> ALL(ARRAY(
                SELECT p.country FROM country_pauses p JOIN campaign_runs r ON r.sender_id = p.sender_id
                WHERE r.id = :run_id)))
        ORDER BY due.send_after, due.id
        LIMIT :most
        FOR UPDATE OF due SKIP LOCKED))
    ORDER BY m.send_after, m.id
""")  # noqa: S608 (only the text above is put in)
"""`= ANY(ARRAY(…))`, because with `IN (SELECT … LIMIT)` PostgreSQL was seen to claim every row."""

IN_INDEX_ORDER = text("SELECT set_config('enable_sort', 'off', true), set_config('jit', 'off', true)")
"""A new run is not in PostgreSQL's statistics yet: it would expect one due row, and sort all of them each time.
The index has them in order, and its scan stops at the limit. Up to PostgreSQL 17 a plan with a sort looks so dear
then that it is compiled first, each time anew: for seconds on Debian's PostgreSQL 15, to save microseconds."""

CLAIM = text(f"""
    UPDATE messages m
    SET state = 'claimed', body = CASE WHEN m.sensitive THEN '{STANDS_FOR}' ELSE c.body END,
        secret_body = CASE WHEN m.sensitive THEN c.body END, encoding = c.encoding, segments = c.segments,
        claim_id = :claim_id, claimed_at = clock_timestamp(), attempted_at = :now,
        lease_until = clock_timestamp() + make_interval(secs => :lease), updated_at = :now,
        allowed_until = c.allowed_until, held_for = NULL
    FROM unnest(CAST(:ids AS bigint[]), CAST(:bodies AS text[]), CAST(:encodings AS text[]),
                CAST(:segments AS smallint[]), CAST(:allowed_untils AS timestamptz[]))
        AS c(id, body, encoding, segments, allowed_until)
    WHERE m.id = c.id
""")  # noqa: S608 (only the text above is put in)

SET_ASIDE = text("""
    UPDATE messages m
    SET state = CAST(c.state AS message_state), skip_reason = c.reason, updated_at = :now
    FROM unnest(CAST(:ids AS bigint[]), CAST(:states AS text[]), CAST(:reasons AS text[])) AS c(id, state, reason)
    WHERE m.id = c.id
""")

HOLD = text("""
    UPDATE messages m
    SET send_after = h.until, held_for = h.why, updated_at = :now
    FROM unnest(CAST(:ids AS bigint[]), CAST(:untils AS timestamptz[]), CAST(:whys AS text[])) AS h(id, until, why)
    WHERE m.id = h.id
""")

KEEP_HERE = text("""
    UPDATE messages m SET send_after = m.send_at_twilio, send_at_twilio = NULL, updated_at = :now
    WHERE m.id = ANY(CAST(:ids AS bigint[]))
""")
