"""How far the reminding of an appointment is: the next one due, what became of the last, what was answered."""

from models.reminders.fates import FATE, MESSAGE

REMINDED = "next_reminder_at, reminded, reminded_at, answer, answered_at"

JOIN_REMINDED = f"""
    LEFT JOIN LATERAL (
        SELECT min(due_at) FILTER (WHERE ahead) AS next_reminder_at,
            (array_agg(fate ORDER BY due_at DESC, id DESC) FILTER (WHERE NOT ahead))[1] AS reminded,
            (array_agg(COALESCE(sent_at, due_at) ORDER BY due_at DESC, id DESC) FILTER (WHERE NOT ahead))[1]
                AS reminded_at
        FROM (
            SELECT r.id, r.due_at, left_us.sent_at, fates.fate,
                fates.fate IN ('waiting', 'planned', 'scheduled') AS ahead
            FROM reminders r {MESSAGE}, LATERAL (SELECT {FATE} AS fate) fates
            WHERE r.appointment_id = a.id AND r.starts_at = a.starts_at AND r.occasion = 'reminder'
        ) each_one WHERE fate <> 'obsolete'
    ) reminders ON true
    LEFT JOIN LATERAL (
        SELECT e.what AS answer, e.at AS answered_at FROM appointment_events e
        WHERE e.appointment_id = a.id AND (e.what = 'moved' OR e.message_id IS NOT NULL)
        ORDER BY e.id DESC LIMIT 1
    ) said ON said.answer <> 'moved'
"""  # noqa: S608 (only texts of ours are put in)
"""Of an appointment `a`, about the start that it has now: an answer to another start is none."""
