"""What became of a reminder: its own state and its message's, as one word; and what the person answered to it."""

from enum import StrEnum


class Fate(StrEnum):
    """What became of a reminder, told by what is known of it now.

    `planned` waits in the outbox or is on its way to Twilio, `scheduled` waits at Twilio.
    """

    WAITING = "waiting"
    PLANNED = "planned"
    SCHEDULED = "scheduled"
    SENT = "sent"
    DELIVERED = "delivered"
    NOT_DELIVERED = "not_delivered"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    OBSOLETE = "obsolete"


AHEAD = (Fate.WAITING, Fate.PLANNED, Fate.SCHEDULED)
"""Nothing has left yet, and something will."""

LEFT = (Fate.SENT, Fate.DELIVERED, Fate.NOT_DELIVERED)
"""Twilio had it."""

FATE = """
    CASE
    WHEN m.state IN ('failed', 'undelivered') THEN 'not_delivered'
    WHEN m.state IN ('delivered', 'read') THEN 'delivered'
    WHEN m.state >= 'accepted' AND m.state <> 'canceled' THEN 'sent'
    WHEN r.state <> 'planned' THEN r.state
    WHEN m.state IN ('skipped', 'expired', 'scheduled') THEN m.state::text
    WHEN m.state = 'canceled' THEN 'obsolete'
    ELSE 'planned' END
"""
"""Of a reminder `r` with its message `m`, if it has one: what has left has left, also if it need not have."""

WHY = """
    CASE
    WHEN m.state IN ('failed', 'undelivered') THEN 'code ' || m.error_code
    WHEN m.state = 'skipped' THEN m.skip_reason
    WHEN m.state IS NULL OR m.state < 'accepted' OR m.state = 'canceled' THEN r.reason END
"""
"""Why it was not sent or not delivered: a skip reason, a sentence, or Twilio's code; null when it was."""

MESSAGE = """
    LEFT JOIN messages m ON m.id = r.message_id AND m.organization_id = r.organization_id
    LEFT JOIN LATERAL (
        SELECT CASE WHEN m.state >= 'accepted' AND m.state <> 'canceled'
                    THEN COALESCE(m.send_at_twilio, m.attempted_at) END AS sent_at
    ) left_us ON true
"""

ANSWER = """
    LEFT JOIN LATERAL (
        SELECT CASE WHEN e.what = 'new' THEN e.detail ->> 'state' ELSE e.what END AS what, e.at
        FROM appointment_events e
        WHERE e.appointment_id = r.appointment_id AND left_us.sent_at IS NOT NULL AND r.occasion = 'reminder'
            AND e.what IN ('new', 'moved', 'booked', 'reopened', 'confirmed', 'reschedule_requested', 'canceled')
            AND NOT EXISTS (
                SELECT FROM appointment_events g
                WHERE g.appointment_id = e.appointment_id AND g.what = 'moved' AND g.at > left_us.sent_at
                    AND g.id <= e.id)
        ORDER BY e.id DESC LIMIT 1
    ) said ON said.what IN ('confirmed', 'reschedule_requested', 'canceled')
"""
"""How the appointment stood since, while it had the start that the reminder is about: moved, it is asked anew."""
