"""The statements by which due reminders become messages; `models.reminders.planning` gives them their values."""

from sqlalchemy import text

from models.consent.refusal import CONSENT, REFUSAL
from models.messages.undeliverable import undeliverable


def _key(reminder: str) -> str:
    """A row's dedupe key: a reminder that was taken back and came again is another message."""
    columns = ("organization_id", "appointment_id", "occasion", "revision", "rule")
    named = ", ".join(f"{reminder}.{column}" for column in columns)
    told = f"extract(epoch FROM {reminder}.starts_at), COALESCE({reminder}.message_id, 0), {named}"
    return f"substr(sha256(convert_to(concat_ws('|', 'reminder', {told}), 'UTF8')), 1, 16)"


SETTLED = text("""
    UPDATE reminders r SET state = 'planned', reason = NULL, updated_at = :now
    FROM messages m
    WHERE m.id = r.message_id AND r.id = ANY(ARRAY(
        SELECT w.id FROM reminders w JOIN messages old ON old.id = w.message_id
        WHERE w.state = 'waiting' AND w.plan_at <= :now
            AND (old.state NOT IN ('planned', 'claimed', 'unknown', 'scheduled', 'canceled')
                OR (old.state = 'scheduled' AND NOT old.withdrawn))
        ORDER BY w.id FOR UPDATE OF w SKIP LOCKED))
""")
"""Taken back and wanted again, but their first message had left or was closed: there is no second one."""

EXPIRED = text("""
    UPDATE reminders r SET state = 'expired', reason = :reason, updated_at = :now
    WHERE r.id = ANY(ARRAY(
        SELECT w.id FROM reminders w
        WHERE w.state = 'waiting' AND w.plan_at <= :now AND w.send_before <= :now
        ORDER BY w.id FOR UPDATE SKIP LOCKED))
""")

PLAN = text(f"""
    WITH taken AS MATERIALIZED (
        SELECT r.id, r.organization_id, r.appointment_id, r.rule, r.occasion, r.starts_at, r.plan_at, r.due_at,
            r.send_before, r.revision, r.message_id, h.run_id, h.sender_id, h.address
        FROM unnest(CAST(:organization_ids AS uuid[]), CAST(:rules AS text[]), CAST(:occasions AS text[]),
                    CAST(:run_ids AS uuid[]), CAST(:sender_ids AS uuid[]), CAST(:addresses AS text[]))
            AS h(organization_id, rule, occasion, run_id, sender_id, address)
        JOIN reminders r USING (organization_id, rule, occasion)
        WHERE r.state = 'waiting' AND r.plan_at <= :until AND r.send_before > :now
            AND (r.message_id IS NULL OR (SELECT o.state FROM messages o WHERE o.id = r.message_id) = 'canceled')
        ORDER BY r.plan_at, r.id
        LIMIT :most
        FOR UPDATE OF r SKIP LOCKED
    ),
    due AS MATERIALIZED (
        SELECT t.*, ct.id AS contact_id, ct.phone, ct.country, ct.unreachable_on,
            'sms' AS channel, 'transactional' AS message_type, '' AS topic,
            {_key("t")} AS key,
            CASE WHEN t.plan_at < t.due_at AND t.due_at >= :kept_by_twilio_from THEN t.plan_at END AS hand_over_at
        FROM taken t
        JOIN appointments ap ON ap.id = t.appointment_id
        JOIN contacts ct ON ct.id = ap.contact_id
        FOR SHARE OF ap SKIP LOCKED FOR KEY SHARE OF ct SKIP LOCKED
    ),
    made AS (
        INSERT INTO messages (
            organization_id, direction, state, skip_reason, phone, country, our_address, channel, message_type,
            topic, contact_id, sender_id, campaign_run_id, appointment_id, dedupe_key, cause, send_after,
            send_before, send_at_twilio, created_at, updated_at)
        SELECT m.organization_id, 'outbound',
            CASE WHEN m.reason IS NULL THEN 'planned' ELSE 'skipped' END::message_state, m.reason,
            m.phone, m.country, m.address, m.channel, m.message_type,
            m.topic, m.contact_id, m.sender_id, m.run_id, m.appointment_id, m.key, 'reminder ' || m.rule,
            COALESCE(m.hand_over_at, m.due_at), m.send_before,
            CASE WHEN m.hand_over_at IS NOT NULL THEN m.due_at END,
            :now, :now
        FROM (
            SELECT m.*, COALESCE({REFUSAL}, {undeliverable(contact="m", sender="m.sender_id")}) AS reason
            FROM due m {CONSENT}
        ) m
        ON CONFLICT (organization_id, dedupe_key) DO NOTHING
    )
    SELECT array_agg(id) AS ids FROM taken
""")  # noqa: S608 (only the text above is put in)
"""Few columns are sorted, and the rest is looked up of those that are taken; their ids are returned.

It waits for nobody: what another plans, moves or erases at this moment is left to the next look.
"""

NOTED = text(f"""
    WITH noted AS (
        UPDATE reminders r
        SET state = CASE m.state WHEN 'skipped' THEN 'skipped' ELSE 'planned' END, reason = m.skip_reason,
            message_id = m.id, updated_at = :now
        FROM messages m
        WHERE r.id = ANY(CAST(:ids AS bigint[])) AND m.organization_id = r.organization_id
            AND m.dedupe_key = {_key("r")}
        RETURNING r.state
    )
    SELECT count(*) FILTER (WHERE state = 'planned') AS planned,
        count(*) FILTER (WHERE state = 'skipped') AS skipped
    FROM noted
""")  # noqa: S608 (only the text above is put in)
"""By itself, for it finds each message by its key: within one statement it could only compare all with all."""
