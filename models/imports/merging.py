"""Contacts from the staging table into the table of contacts: what is blank there erases nothing here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.imports.staging import STAGED

_NEW = text(f"""
    WITH added AS (
        INSERT INTO contacts (organization_id, phone, first_name, last_name, email, country, locale, timezone,
                              tags, attributes, created_at, updated_at)
        SELECT :organization_id, phone, first_name, last_name, email, country, locale, timezone,
               tags, attributes, :now, :now
        FROM {STAGED} s
        WHERE NOT EXISTS (
            SELECT FROM contacts c WHERE c.organization_id = :organization_id AND c.phone = s.phone)
        ORDER BY phone
        ON CONFLICT (organization_id, phone) DO NOTHING
        RETURNING id
    )
    SELECT count(*) FROM added
""")  # noqa: S608 (only the text above is put in)

_TEXTS = ("first_name", "last_name", "email", "country", "locale", "timezone")
_DIFFERS = " OR ".join(
    [
        *(f"COALESCE(s.{name}, c.{name}) IS DISTINCT FROM c.{name}" for name in _TEXTS),
        "NOT s.tags <@ c.tags",
        "NOT c.attributes @> s.attributes",
    ]
)
_UNITED = "ARRAY(SELECT tag FROM unnest(c.tags || s.tags) AS tag GROUP BY tag ORDER BY tag)"

# Locked in the order of numbers, as everyone who locks several does. Rows that stay as they are stay unlocked.
_CHANGED = text(f"""
    WITH locked AS (
        SELECT c.id, phone
        FROM contacts c JOIN {STAGED} s USING (phone)
        WHERE c.organization_id = :organization_id AND ({_DIFFERS})
        ORDER BY c.phone
        FOR NO KEY UPDATE OF c
    ),
    changed AS (
        UPDATE contacts c
        SET {", ".join(f"{name} = COALESCE(s.{name}, c.{name})" for name in _TEXTS)},
            tags = {_UNITED}, attributes = c.attributes || s.attributes, updated_at = :now
        FROM locked l JOIN {STAGED} s USING (phone)
        WHERE c.id = l.id
        RETURNING c.id
    )
    SELECT count(*) FROM changed
""")  # noqa: S608 (only the text above is put in)

_STAGED_CONTACTS = text(f"SELECT count(*) FROM {STAGED}")  # noqa: S608 (see above)


@dataclass(frozen=True, slots=True)
class MergedContacts:
    """How many contacts an import made, changed, and found as they were."""

    new: int
    updated: int
    unchanged: int


async def merge_contacts(connection: AsyncConnection, *, organization_id: UUID, now: datetime) -> MergedContacts:
    """Adds and updates contacts. Tags are united, attributes laid over those there; a blank never erases."""
    values = {"organization_id": organization_id, "now": now}
    staged = int((await connection.execute(_STAGED_CONTACTS)).scalar_one())
    new = int((await connection.execute(_NEW, values)).scalar_one())
    updated = int((await connection.execute(_CHANGED, values)).scalar_one())
    return MergedContacts(new=new, updated=updated, unchanged=staged - new - updated)
