"""Everything that is kept of a person, as one JSON object, written piece by piece from one reading.

Columns are exported by their names, so a new one is there without anybody's thinking of it. Left out are what is
about our work and not the person, and words that are secret until they are sent.
"""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.rights.raw_webhooks import Person, sides
from models.rights.standstill import contact_of

VERSION = 1
_AT_ONCE = 200
_INNER = "'organization_id', 'dedupe_key', 'claim_id', 'lease_until', 'secret_body', 'traceparent'"
_OF_PERSON = "organization_id = :organization_id AND phone = :phone"
_OF_MESSAGES = f"message_id IN (SELECT id FROM messages WHERE {_OF_PERSON})"  # noqa: S608 (only our own text)
_OF_CONTACT = "contact_id = :contact_id"

_SURVEYS = f"SELECT id FROM survey_runs WHERE {_OF_CONTACT}"  # noqa: S608 (see above)

_APPOINTMENTS = f"SELECT id FROM appointments WHERE {_OF_CONTACT}"  # noqa: S608 (see above)

SECTIONS: Mapping[str, str] = {
    "contact": f"contacts WHERE {_OF_PERSON}",
    "consents": f"consents WHERE {_OF_PERSON}",
    "consent_history": f"consent_events WHERE {_OF_PERSON} ORDER BY id",
    "consent_reviews": f"consent_reviews WHERE {_OF_PERSON} ORDER BY id",
    "reach": f"contact_reach WHERE {_OF_CONTACT}",
    "appointment_questions": f"appointment_questions WHERE {_OF_CONTACT}",
    "messages": f"messages WHERE {_OF_PERSON} ORDER BY id",
    "message_events": f"message_events WHERE {_OF_MESSAGES} ORDER BY id",
    "message_attempts": f"message_attempts WHERE {_OF_MESSAGES} ORDER BY answered_at",
    "settlements": f"settlements WHERE {_OF_MESSAGES} ORDER BY looked_at",
    "media": f"inbound_media WHERE {_OF_MESSAGES} ORDER BY id",
    "conversations": f"conversations WHERE {_OF_CONTACT} ORDER BY created_at",
    "surveys": f"survey_runs WHERE {_OF_CONTACT} ORDER BY started_at",
    "survey_answers": f"survey_answers WHERE run_id IN ({_SURVEYS}) ORDER BY id",
    "appointments": f"appointments WHERE {_OF_CONTACT} ORDER BY starts_at, id",
    "appointment_events": f"appointment_events WHERE appointment_id IN ({_APPOINTMENTS}) ORDER BY id",
    "reminders": f"reminders WHERE appointment_id IN ({_APPOINTMENTS}) ORDER BY due_at, id",
    "raw_webhooks": """webhook_events WHERE (organization_id = :organization_id OR account_sid = :account_sid)
            AND (payload @> CAST(:from_sms AS jsonb) OR payload @> CAST(:to_sms AS jsonb)
                OR payload @> CAST(:from_whatsapp AS jsonb) OR payload @> CAST(:to_whatsapp AS jsonb))
        ORDER BY id""",
}
"""The parts of an export, each a list of rows of this table."""


async def export_person(connection: AsyncConnection, person: Person, *, now: datetime) -> AsyncIterator[str]:
    """The pieces of the JSON text, in constant memory.

    The connection's transaction should be REPEATABLE READ, for all parts to be of one moment.
    """
    values = {
        "organization_id": person.organization_id,
        "phone": person.phone,
        "account_sid": person.account_sid or "",
        "contact_id": await contact_of(connection, person.organization_id, person.phone),
        **sides(person),
    }
    about = {"version": VERSION, "phone": person.phone, "exported_at": now.isoformat()}
    yield json.dumps(about)[:-1]
    for name, source in SECTIONS.items():
        yield f', "{name}": ['
        async for piece in _rows(connection, source, values):
            yield piece
        yield "]"
    yield "}\n"


async def _rows(
    connection: AsyncConnection, source: str, values: Mapping[str, str | int | UUID | None]
) -> AsyncIterator[str]:
    table = source.partition(" ")[0]
    rows = text(f"SELECT CAST(to_jsonb({table}) - ARRAY[{_INNER}] AS text) FROM {source}")  # noqa: S608 (see above)
    between = ""
    async with connection.stream(rows, values, execution_options={"yield_per": _AT_ONCE}) as found:
        async for row in found.scalars():
            yield f"{between}{row}"
            between = ", "
