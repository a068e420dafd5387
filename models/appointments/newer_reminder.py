"""Which was said last to somebody who writes now: the question of a survey, or a reminder of an appointment."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.surveys.definition import DEFAULT_HOURS
from models.appointments.answer_facts import MAY_BE_READ, UNCERTAIN
from models.replies.heard import Heard

_NEWER = text(f"""
    SELECT EXISTS (
        SELECT FROM survey_runs r JOIN surveys s ON s.id = r.survey_id
        WHERE r.organization_id = :organization_id AND r.contact_id = :contact_id AND r.state = 'active'
            AND EXISTS (
                SELECT FROM messages m
                WHERE m.contact_id = r.contact_id AND m.channel = :channel AND m.appointment_id IS NOT NULL
                    AND {MAY_BE_READ}
                    AND COALESCE(m.send_at_twilio, m.attempted_at) <= :heard_by
                    AND COALESCE(m.send_at_twilio, m.attempted_at) > r.ends_at - make_interval(
                        secs => 3600 * COALESCE((s.definition ->> 'hours')::double precision, :hours))))
""")  # noqa: S608 (only the text above is put in)
"""A survey's question was asked its `hours` before it ends."""


async def reminded_since_the_survey_asked(connection: AsyncConnection, heard: Heard) -> bool:
    """Whether a reminder came after the question of a survey that still waits: the newer one is answered."""
    asked = {
        "organization_id": heard.organization_id,
        "contact_id": heard.contact_id,
        "channel": heard.message.channel,
        "heard_by": heard.now + UNCERTAIN,
        "hours": DEFAULT_HOURS,
    }
    return bool((await connection.execute(_NEWER, asked)).scalar_one())
