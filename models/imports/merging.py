"""A batch of staged contacts into the table of contacts: what is blank there erases nothing here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.imports.batches import BATCH

_NEW = text(f"""
    WITH added AS (
        INSERT INTO contacts (organization_id, phone, first_name, last_name, email, country, locale, timezone,
                              postcode, region, tags, attributes, created_at, updated_at)
        SELECT :organization_id, phone, first_name, last_name, email, country, locale, timezone,
               postcode, region, tags, attributes, :now, :now
        FROM {BATCH}
        ORDER BY phone
        ON CONFLICT (organization_id, phone) DO NOTHING
        RETURNING id
    )
    SELECT count(*) FROM added
""")  # noqa: S608 (only the text above is put in)

_TEXTS = ("first_name", "last_name", "email", "country", "locale", "timezone", "postcode", "region")
_DIFFERS = " OR ".join(
    [
        *(f"COALESCE(s.{name}, c.{name}) IS DISTINCT FROM c.{name}" for name in _TEXTS),
        "NOT s.tags <@ c.tags",
        "NOT c.attributes @> s.attributes",
    ]
)
_UNITED = "ARRAY(SELECT tag FROM unnest(c.tags || s.tags) AS tag GROUP BY tag ORDER BY tag)"

# Locked in the order of numbers, as everyone who locks several does. Rows that stay as they are stay unlocked.
# The numbers as an array: looked up in the index one by one, not by reading all contacts once for each batch.
_CHANGED = text(f"""
    WITH locked AS (
        SELECT c.id, phone
        FROM contacts c JOIN {BATCH} s USING (phone)
        WHERE c.organization_id = :organization_id AND c.phone = ANY(ARRAY(SELECT phone FROM {BATCH}))
            AND ({_DIFFERS})
        ORDER BY c.phone
        FOR NO KEY UPDATE OF c
    ),
    changed AS (
        UPDATE contacts c
        SET {", ".join(f"{name} = COALESCE(s.{name}, c.{name})" for name in _TEXTS)},
            tags = {_UNITED}, attributes = c.attributes || s.attributes, updated_at = :now
        FROM locked l JOIN {BATCH} s USING (phone)
        WHERE c.id = l.id
        RETURNING c.id
    )
    SELECT count(*) FROM changed
""")  # noqa: S608 (only the text above is put in)

_STAGED_CONTACTS = text(f"SELECT count(*) FROM {BATCH}")  # noqa: S608 (see above)


@dataclass(frozen=True, slots=True)
class MergedContacts:
    """How many contacts a batch made, changed, and found as they were."""

    new: int
    updated: int
    unchanged: int


async def merge_contacts(connection: AsyncConnection, *, organization_id: UUID, now: datetime) -> MergedContacts:
    """Adds and updates contacts. Tags are united, attributes laid over those there; a blank never erases."""
    values = {"organization_id": organization_id, "now": now}
    staged = int((await connection.execute(_STAGED_CONTACTS)).scalar_one())
    new = int((await connection.execute(_NEW, values)).scalar_one())
    updated = int((await connection.execute(_CHANGED, values)).scalar_one()) if new < staged else 0
    return MergedContacts(new=new, updated=updated, unchanged=staged - new - updated)
