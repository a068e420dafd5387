"""The statements by which reminders follow their appointments; `models.reminders.following` gives their values."""

from sqlalchemy import text

from models.quiet_hours.place_key import PLACE_KEY

APPOINTMENTS = text(f"""
    SELECT a.id, a.starts_at, a.timezone, a.kind, a.state, a.contact_id, {PLACE_KEY} AS place_key,
        a.state = 'canceled' AND EXISTS (
            SELECT FROM appointment_events e
            WHERE e.appointment_id = a.id AND e.what = 'canceled' AND e.at = :now AND e.message_id IS NULL
        ) AS called_off
    FROM appointments a JOIN contacts ct ON ct.id = a.contact_id
    CROSS JOIN LATERAL (SELECT ct.country, ct.phone) m
    WHERE a.organization_id = :organization_id AND a.id = ANY(CAST(:ids AS bigint[]))
    ORDER BY a.id
""")  # noqa: S608 (only the text above is put in)
"""In the order of `Followed`. `called_off`: cancelled at this moment, and not by the person, who is answered."""

LOCK = text("""
    SELECT count(*) FROM (
        SELECT FROM reminders
        WHERE organization_id = :organization_id AND appointment_id = ANY(CAST(:ids AS bigint[]))
        ORDER BY id FOR UPDATE
    ) r
""")
"""By a statement of its own: having waited, one that joins would read a newer reminder beside an older message."""

REMINDERS = text("""
    SELECT r.id, r.appointment_id, r.rule, r.occasion, r.starts_at, r.state, r.rule_version, r.plan_at, r.due_at,
        r.send_before, r.message_id, m.state::text AS message_state, COALESCE(m.withdrawn, false) AS withdrawn,
        m.send_at_twilio, COALESCE(m.contact_id <> a.contact_id, false) AS other_contact,
        COALESCE(m.contact_id <> a.contact_id, false) AND EXISTS (
            SELECT FROM messages own
            WHERE own.appointment_id = a.id AND own.contact_id = a.contact_id AND own.state <> 'canceled'
        ) AS written_to_before
    FROM reminders r JOIN appointments a ON a.id = r.appointment_id LEFT JOIN messages m ON m.id = r.message_id
    WHERE r.organization_id = :organization_id AND r.appointment_id = ANY(CAST(:ids AS bigint[]))
""")
"""In the order of `Standing`. `other_contact`: the message was for somebody whose appointment it is no longer."""

ADD = text("""
    INSERT INTO reminders (organization_id, appointment_id, rule, occasion, rule_version, starts_at, plan_at,
                           due_at, send_before, state, reason, created_at, updated_at)
    SELECT :organization_id, n.*, :now, :now
    FROM unnest(CAST(:appointment_ids AS bigint[]), CAST(:rules AS text[]), CAST(:occasions AS text[]),
                CAST(:versions AS integer[]), CAST(:starts AS timestamptz[]), CAST(:plans AS timestamptz[]),
                CAST(:dues AS timestamptz[]), CAST(:befores AS timestamptz[]), CAST(:states AS text[]),
                CAST(:reasons AS text[])) AS n
    ON CONFLICT (appointment_id, rule, occasion, starts_at) DO NOTHING
""")

CHANGE = text("""
    UPDATE reminders r
    SET rule_version = n.version, plan_at = n.plan_at, due_at = n.due_at, send_before = n.send_before,
        state = n.state, reason = n.reason, revision = r.revision + n.again,
        message_id = CASE WHEN NOT n.forget THEN r.message_id END, updated_at = :now
    FROM unnest(CAST(:ids AS bigint[]), CAST(:versions AS integer[]), CAST(:plans AS timestamptz[]),
                CAST(:dues AS timestamptz[]), CAST(:befores AS timestamptz[]), CAST(:states AS text[]),
                CAST(:reasons AS text[]), CAST(:again AS smallint[]), CAST(:forget AS boolean[]))
        AS n(id, version, plan_at, due_at, send_before, state, reason, again, forget)
    WHERE r.id = n.id
""")
"""`again`: 1 for a reminder that comes again; `forget`: its message was for somebody else."""
