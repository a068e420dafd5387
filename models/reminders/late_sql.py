"""The statements by which late reminders keep to the hours of their rules; see `models.reminders.late`."""

from sqlalchemy import text

from models.quiet_hours.place_key import PLACE_KEY

_WAITING = "r.state = 'waiting' AND r.plan_at <= :late AND r.due_at <= :late AND r.send_before > :now"

_STANDING = """
    campaigns c JOIN campaign_runs run ON run.campaign_id = c.id AND c.standing AND c.reminder_rule <> ''
    JOIN messages o ON o.campaign_run_id = run.id AND o.state = 'planned' AND o.send_after <= :late
"""

WHOSE = text(f"""
    SELECT r.organization_id FROM reminders r WHERE {_WAITING}
    UNION SELECT o.organization_id FROM {_STANDING} ORDER BY 1
""")  # noqa: S608 (only the texts above are put in)

LATE = text(f"""
    SELECT r.id, r.rule, r.send_before, a.timezone, {PLACE_KEY} AS place_key
    FROM reminders r JOIN appointments a ON a.id = r.appointment_id JOIN contacts ct ON ct.id = a.contact_id
    CROSS JOIN LATERAL (SELECT ct.country, ct.phone) m
    WHERE r.id = ANY(ARRAY(
            SELECT r.id FROM reminders r WHERE r.organization_id = :organization_id AND {_WAITING}
            UNION ALL
            SELECT r.id FROM {_STANDING} JOIN reminders r ON r.message_id = o.id
            WHERE c.organization_id = :organization_id AND r.state = 'planned' AND r.due_at <= :late))
        AND r.rule = ANY(CAST(:rules AS text[]))
    ORDER BY r.id
    FOR UPDATE OF r SKIP LOCKED
""")  # noqa: S608 (see above)

PUT_OFF = text("""
    WITH put_off AS (
        UPDATE reminders r
        SET due_at = n.until, updated_at = :now,
            plan_at = CASE WHEN r.state = 'waiting' THEN n.until ELSE r.plan_at END
        FROM unnest(CAST(:ids AS bigint[]), CAST(:untils AS timestamptz[])) AS n(id, until)
        WHERE r.id = n.id
        RETURNING r.message_id, r.due_at, r.state
    )
    UPDATE messages m SET send_after = put_off.due_at, updated_at = :now
    FROM put_off WHERE put_off.state = 'planned' AND m.id = put_off.message_id AND m.state = 'planned'
""")

EXPIRE = text("""
    WITH expired AS (
        UPDATE reminders r
        SET state = CASE WHEN r.state = 'waiting' THEN 'expired' ELSE r.state END, reason = :reason,
            updated_at = :now
        WHERE r.id = ANY(CAST(:ids AS bigint[]))
        RETURNING r.message_id, r.state
    )
    UPDATE messages m SET state = 'expired', updated_at = :now
    FROM expired WHERE expired.state = 'planned' AND m.id = expired.message_id AND m.state = 'planned'
""")
