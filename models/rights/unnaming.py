"""Takes a person out of every table but the ledger, in one transaction: rows go, or stay without the person.

Messages stay, so that reports and prices add up. Their number, text and media go, and the dedupe key, from which
the number could be guessed. They keep Twilio's SID: by it a late callback is known for what it is, and so is a
webhook that comes again.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:person, 0))")

_PLANS = text("""
    SELECT id FROM campaign_runs
    WHERE organization_id = :organization_id AND planned_at IS NULL AND state IN ('scheduled', 'planning')
    ORDER BY id FOR UPDATE
""")
"""Whoever plans has its run's row, so a plan under way is waited for: it may hold the contact already."""

_LOCK = text("SELECT id FROM contacts WHERE organization_id = :organization_id AND phone = :phone FOR UPDATE")

_OF_MESSAGES = "message_id IN (SELECT id FROM messages WHERE contact_id = :contact_id)"
_OF_CONVERSATIONS = "conversation_id IN (SELECT id FROM conversations WHERE contact_id = :contact_id)"

_APPOINTMENTS = "SELECT id FROM appointments WHERE contact_id = :contact_id"

_UNNAME = """
    UPDATE messages
    SET phone = '', contact_id = NULL, conversation_id = NULL, appointment_id = NULL, dedupe_key = NULL,
        body = NULL, secret_body = NULL, media = NULL
"""

STATEMENTS: Mapping[str, str] = {
    "survey_answers": """
        DELETE FROM survey_answers
        WHERE run_id IN (SELECT id FROM survey_runs WHERE contact_id = :contact_id)""",
    "surveys": "DELETE FROM survey_runs WHERE contact_id = :contact_id",
    "appointment_events": f"DELETE FROM appointment_events WHERE appointment_id IN ({_APPOINTMENTS})",  # noqa: S608
    "reminders": f"DELETE FROM reminders WHERE appointment_id IN ({_APPOINTMENTS})",  # noqa: S608
    "appointments": "DELETE FROM appointments WHERE contact_id = :contact_id",
    "consent_reviews": """
        DELETE FROM consent_reviews WHERE organization_id = :organization_id AND phone = :phone""",
    "lookups": f"DELETE FROM reply_lookups WHERE {_OF_MESSAGES}",  # noqa: S608 (see below)
    "studio_starts": f"DELETE FROM studio_starts WHERE {_OF_CONVERSATIONS}",  # noqa: S608 (see below)
    "media": f"DELETE FROM inbound_media WHERE {_OF_MESSAGES}",  # noqa: S608 (see below)
    "settlements": f"UPDATE settlements SET evidence = '[]' WHERE evidence <> '[]' AND {_OF_MESSAGES}",  # noqa: S608 (see below)
    "passed_over": f"DELETE FROM retention_passed_over WHERE {_OF_MESSAGES}",  # noqa: S608 (see below)
    "messages": f"{_UNNAME} WHERE contact_id = :contact_id",
    "conversations": "DELETE FROM conversations WHERE contact_id = :contact_id",
    "kept_answers": """
        UPDATE kept_answers SET answer = CAST(replace(answer::text, :phone, '') AS jsonb)
        WHERE organization_id = :organization_id AND strpos(answer::text, :phone) > 0""",
    "contacts": "DELETE FROM contacts WHERE id = :contact_id",
}
"""In the order of their references; each with the name by which it is counted. Only our own text is put in."""

_ALL: Mapping[str, TextClause] = {name: text(statement) for name, statement in STATEMENTS.items()}

_FILES = text("""
    SELECT id, path FROM inbound_media
    WHERE path IS NOT NULL AND message_id IN (SELECT id FROM messages WHERE contact_id = :contact_id)
    ORDER BY id LIMIT :most
""")

_NO_FILES = text("UPDATE inbound_media SET path = NULL WHERE id = ANY(CAST(:ids AS bigint[]))")

_STRAYS = text(f"{_UNNAME} WHERE organization_id = :organization_id AND phone = :phone")


async def lock_person(connection: AsyncConnection, organization_id: UUID, phone: str) -> int | None:
    """The id of the person's contact, if any; what they write and what is planned for them waits from here on."""
    await connection.execute(_ONE_AT_A_TIME, {"person": f"{organization_id} {phone}"})
    person = {"organization_id": organization_id, "phone": phone}
    await connection.execute(_PLANS, person)
    found: int | None = (await connection.execute(_LOCK, person)).scalar_one_or_none()
    return found


async def files_of(connection: AsyncConnection, contact_id: int, *, most: int) -> dict[int, str]:
    """Media that the person sent: id and path in the media store, for the files to go before their rows."""
    rows = await connection.execute(_FILES, {"contact_id": contact_id, "most": most})
    return {row.id: row.path for row in rows}


async def note_files_gone(connection: AsyncConnection, ids: Collection[int]) -> None:
    """Notes that the files of these media are removed."""
    await connection.execute(_NO_FILES, {"ids": list(ids)})


async def unname(
    connection: AsyncConnection, organization_id: UUID, phone: str, *, contact_id: int
) -> dict[str, int]:
    """Takes the locked person out of everything; returns how many rows of each kind it was in."""
    person = {"organization_id": organization_id, "phone": phone, "contact_id": contact_id}
    return {name: (await connection.execute(statement, person)).rowcount for name, statement in _ALL.items()}


async def unname_strays(connection: AsyncConnection, organization_id: UUID, phone: str) -> int:
    """The same for messages that are no contact's; reads all messages of the organization once."""
    return (await connection.execute(_STRAYS, {"organization_id": organization_id, "phone": phone})).rowcount
