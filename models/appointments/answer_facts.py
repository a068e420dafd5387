"""What is known when someone answers: their appointments, what they were reminded of, and asked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.reminders.answers import Answer
from models.appointments.answer_choice import Asked, Known, Which
from models.appointments.tables import AppointmentState
from models.appointments.values import APPOINTMENT_COLUMNS
from models.replies.heard import Heard

ANSWERABLE = timedelta(hours=24)
"""How long after its start an appointment is still answered about, and how long a question waits."""

UNCERTAIN = timedelta(minutes=1)
"""How much the moments of two messages may differ from their order."""

MAY_BE_READ = """
    (m.state IN ('claimed', 'unknown') OR m.state = 'scheduled'
        OR m.state >= 'accepted' AND m.state NOT IN ('canceled', 'failed', 'undelivered'))
"""
"""Whether a message `m` may have reached the person: one whose answer from Twilio is not known counts too."""

# Locked in the order of external ids, as everyone who locks several does.
_KNOWN = text(f"""
    WITH ap AS (
        SELECT * FROM appointments
        WHERE organization_id = :organization_id AND contact_id = :contact_id AND starts_at > :since
        ORDER BY external_id
        FOR NO KEY UPDATE
    )
    SELECT ap.id, ap.kind, ap.state, ap.starts_at, told.at AS reminded_at,
        COALESCE(told.starts_at <> ap.starts_at, false) AS moved,
        EXISTS (SELECT FROM appointment_events e
            WHERE e.appointment_id = ap.id AND e.message_id IS NOT NULL AND e.at > :now) AS overtaken,
        ct.locale, ct.country, {APPOINTMENT_COLUMNS}
    FROM ap JOIN contacts ct ON ct.id = ap.contact_id
    LEFT JOIN LATERAL (
        SELECT r.starts_at, sent.at
        FROM reminders r
        JOIN messages m ON m.id = r.message_id
        CROSS JOIN LATERAL (SELECT COALESCE(m.send_at_twilio, m.attempted_at, r.due_at) AS at) sent
        WHERE r.appointment_id = ap.id AND r.occasion = 'reminder' AND sent.at <= :heard_by
            AND m.contact_id = ap.contact_id AND m.channel = :channel AND {MAY_BE_READ}
        ORDER BY sent.at DESC, m.id DESC LIMIT 1) told ON true
    ORDER BY ap.starts_at, ap.id
""")  # noqa: S608 (only the texts above are put in)

_ASKED = text("""
    SELECT q.answer, q.appointment_ids, q.asked_at AS at,
        ARRAY(SELECT e.appointment_id FROM appointment_events e
            WHERE e.appointment_id = ANY(q.appointment_ids) AND e.what = 'moved' AND e.at > q.asked_at) AS moved
    FROM appointment_questions q
    WHERE q.organization_id = :organization_id AND q.contact_id = :contact_id
        AND q.asked_at > :since AND q.asked_at <= :heard_by
""")

_ASK = text("""
    INSERT INTO appointment_questions (contact_id, organization_id, answer, appointment_ids, asked_at)
    VALUES (:contact_id, :organization_id, :answer, :ids, :now)
    ON CONFLICT (contact_id) DO UPDATE
    SET answer = EXCLUDED.answer, appointment_ids = EXCLUDED.appointment_ids, asked_at = EXCLUDED.asked_at
""")

_FORGET = text("""
    DELETE FROM appointment_questions WHERE organization_id = :organization_id AND contact_id = :contact_id
""")


async def what_is_known(connection: AsyncConnection, heard: Heard) -> tuple[Sequence[Known], Asked | None]:
    """The person's appointments, the soonest first, and what they were last asked, when they wrote.

    The appointments are locked: what is decided about them holds until the transaction ends. One whose start is
    a day past is left out.
    """
    values = {
        **_person(heard),
        "channel": heard.message.channel,
        "now": heard.now,
        "heard_by": heard.now + UNCERTAIN,
        "since": heard.now - ANSWERABLE,
    }
    known = [_known(dict(row)) for row in (await connection.execute(_KNOWN, values)).mappings()]
    row = (await connection.execute(_ASKED, values)).one_or_none()
    if row is None:
        return known, None
    asked = Asked(Answer(row.answer), row.appointment_ids, row.at)
    return [_as_asked(each, asked, row.moved) for each in known], asked


async def ask(connection: AsyncConnection, heard: Heard, which: Which) -> None:
    """Notes what the person is asked now, instead of anything before."""
    asked = {"answer": which.answer.value, "ids": [each.id for each in which.appointments], "now": heard.now}
    await connection.execute(_ASK, {**_person(heard), **asked})


async def forget(connection: AsyncConnection, heard: Heard) -> None:
    """Whatever the person was asked is answered."""
    await connection.execute(_FORGET, _person(heard))


def _person(heard: Heard) -> dict[str, Any]:
    return {"organization_id": heard.organization_id, "contact_id": heard.contact_id}


def _known(row: dict[str, Any]) -> Known:
    named = {name: row[name] for name in ("id", "kind", "starts_at", "reminded_at", "moved", "overtaken")}
    return Known(**named, state=AppointmentState(row["state"]), row=row)


def _as_asked(known: Known, asked: Asked, moved: Sequence[int]) -> Known:
    """Who was asked about an appointment after its reminder has been told its start as it was then."""
    if known.id not in asked.appointment_ids or (known.reminded_at and known.reminded_at > asked.at):
        return known
    return replace(known, moved=known.id in moved)
