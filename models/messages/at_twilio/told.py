"""Whether what Twilio keeps still tells what is true: its text written anew, against the one handed over.

A move takes a reminder back itself; here it is about place, kind and whatever else a text may tell.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.values import APPOINTMENT_COLUMNS, appointment_values
from models.campaigns.rendering import compile_stored, render, values_of
from models.policy.retention_section import Retention

MOST = 1_000

_CHANGED = text(f"""
    SELECT m.id, m.body, c.body AS written, m.send_at_twilio,
        m.phone, m.country, ct.first_name, ct.last_name, ct.email, ct.locale, ct.timezone, ct.attributes,
        {APPOINTMENT_COLUMNS}
    FROM messages m
    JOIN campaign_runs r ON r.id = m.campaign_run_id JOIN campaigns c ON c.id = r.campaign_id
    JOIN contacts ct ON ct.id = m.contact_id
    JOIN appointments ap ON ap.id = m.appointment_id
    WHERE m.organization_id = :organization_id AND m.state = 'scheduled' AND NOT m.withdrawn AND NOT m.own_body
        AND m.send_at_twilio > :now AND m.send_at_twilio <= COALESCE(CAST(:until AS timestamptz), 'infinity')
        AND EXISTS (
            SELECT FROM appointment_events e
            WHERE e.appointment_id = m.appointment_id AND e.what = 'changed'
                AND e.at > m.attempted_at - interval '1 hour')
        AND (CAST(:after_at AS timestamptz) IS NULL OR (m.send_at_twilio, m.id) > (:after_at, :after_id))
    ORDER BY m.send_at_twilio, m.id
    LIMIT :most
""")  # noqa: S608 (only the text of another module is put in)
"""An hour before it was written, too: a change that took long to commit was not seen by then."""


async def told_wrongly(
    connection: AsyncConnection, organization_id: UUID, rules: Retention, *, now: datetime, until: datetime | None
) -> list[int]:
    """The messages of an organization that Twilio keeps and whose text would be another one by now."""
    asked = {"organization_id": organization_id, "now": now, "until": until}
    return [row["id"] async for row in _changed(connection, asked) if _text_of(row, rules) != row["body"]]


async def _changed(connection: AsyncConnection, asked: dict[str, object]) -> AsyncIterator[RowMapping]:
    last: RowMapping | None = None
    rows: Sequence[RowMapping] = ()
    while last is None or len(rows) == MOST:
        place = {"after_at": last and last["send_at_twilio"], "after_id": last and last["id"], "most": MOST}
        rows = (await connection.execute(_CHANGED, {**asked, **place})).mappings().all()
        for row in rows:
            yield row
        if not rows:
            return
        last = rows[-1]


def _text_of(row: RowMapping, rules: Retention) -> str | None:
    """What it would say; None for what could not be said any more."""
    values = {**values_of(row), "appointment": appointment_values(dict(row))}
    rendered = render(compile_stored(row["written"]), values, rules)
    return rendered.body if rendered.count is not None else None
