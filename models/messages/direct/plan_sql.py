"""The statements by which drafts become messages; `models.messages.direct.planning` gives them their values."""

from sqlalchemy import text

from models.consent.refusal import CONSENT, REFUSAL, WINDOW_CLOSED
from models.messages.secrets import STANDS_FOR
from models.messages.undeliverable import undeliverable

_THREAD = """
    SELECT v.id FROM conversations v
    WHERE v.organization_id = m.organization_id AND v.contact_id = m.contact_id
        AND (v.id = CAST(:conversation_id AS uuid) OR (v.our_address = m.our_address AND v.channel = m.channel))
    ORDER BY v.id = CAST(:conversation_id AS uuid) DESC NULLS LAST LIMIT 1
"""
"""The conversation that was named, if it is with this contact, else the contact's with our address."""

PLAN = text(f"""
    INSERT INTO messages (
        organization_id, direction, state, skip_reason, phone, country, our_address, channel, message_type,
        topic, contact_id, sender_id, campaign_run_id, conversation_id, dedupe_key, body, sensitive, secret_body,
        own_body, media, encoding, segments, cause, traceparent, send_after, send_at_twilio,
        send_before, created_at, updated_at)
    SELECT
        m.organization_id, 'outbound',
        CASE WHEN m.reason IS NULL THEN 'planned' ELSE 'skipped' END::message_state, m.reason,
        m.phone, m.country, m.our_address, m.channel, m.message_type,
        m.topic, m.contact_id, :sender_id, :run_id, ({_THREAD}), m.key,
        CASE WHEN :sensitive THEN '{STANDS_FOR}' ELSE m.body END, :sensitive,
        CASE WHEN :sensitive AND m.reason IS NULL THEN m.body END, true, m.media, m.encoding,
        m.segments, :cause, CAST(:traceparent AS text), :send_after,
        CAST(:send_at_twilio AS timestamptz), :send_before, :now, :now
    FROM (
        SELECT m.*, COALESCE(
            NULLIF({REFUSAL}, 'in_review'), {undeliverable(contact="m")}, m.fault,
            CASE WHEN {WINDOW_CLOSED} THEN 'whatsapp_window_closed' END) AS reason
        FROM (
            SELECT d.key, d.body, CAST(d.media AS jsonb) AS media, d.encoding, d.segments, d.fault,
                ct.organization_id, ct.phone, ct.country, ct.id AS contact_id,
                ct.unreachable_on, CAST(:our_address AS text) AS our_address, CAST(:channel AS text) AS channel,
                CAST(:message_type AS text) AS message_type, CAST(:topic AS text) AS topic
            FROM unnest(CAST(:keys AS bytea[]), CAST(:phones AS text[]), CAST(:bodies AS text[]),
                        CAST(:media AS text[]), CAST(:encodings AS text[]), CAST(:segments AS smallint[]),
                        CAST(:faults AS text[])) AS d(key, phone, body, media, encoding, segments, fault)
            JOIN contacts ct ON ct.organization_id = :organization_id AND ct.phone = d.phone
            FOR KEY SHARE OF ct
        ) m {CONSENT}
    ) m
    ORDER BY m.key
    ON CONFLICT (organization_id, dedupe_key) DO NOTHING
    RETURNING dedupe_key, id, state::text AS state, skip_reason, phone, contact_id
""")  # noqa: S608 (only the text above is put in)
"""In the order of the keys, so that two plans of the same keys at once wait for each other in turn."""

KNOWN = text("""
    SELECT dedupe_key, id, state::text AS state, skip_reason, phone, contact_id, body, media, message_type,
        topic, channel, sensitive
    FROM messages
    WHERE organization_id = :organization_id AND dedupe_key = ANY(CAST(:keys AS bytea[]))
""")
