"""The contacts of appointments: found by their numbers, or made; never changed, and nobody's consent."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_ADD = text("""
    INSERT INTO contacts (organization_id, phone, first_name, last_name, country, locale,
                          created_at, updated_at)
    SELECT DISTINCT ON (phone) :organization_id, phone, first_name, last_name, country, locale, :now, :now
    FROM unnest(CAST(:phones AS text[]), CAST(:first_names AS text[]), CAST(:last_names AS text[]),
                CAST(:countries AS text[]), CAST(:locales AS text[]))
        AS p(phone, first_name, last_name, country, locale)
    ORDER BY phone
    ON CONFLICT (organization_id, phone) DO NOTHING
""")

_FIND = text("""
    SELECT phone, id FROM contacts
    WHERE organization_id = :organization_id AND phone = ANY(CAST(:phones AS text[]))
""")


async def contacts_of(
    connection: AsyncConnection, people: Iterable[Mapping[str, Any]], *, organization_id: UUID, now: datetime
) -> Mapping[str, int]:
    """The contact id of each number (E.164). `people` name phone, first_name, last_name, country and locale."""
    rows = list(people)
    values = {
        "organization_id": organization_id,
        "phones": [row["phone"] for row in rows],
        "first_names": [row["first_name"] for row in rows],
        "last_names": [row["last_name"] for row in rows],
        "countries": [row["country"] for row in rows],
        "locales": [row["locale"] for row in rows],
        "now": now,
    }
    await connection.execute(_ADD, values)
    found = await connection.execute(_FIND, values)
    return {row.phone: int(row.id) for row in found}
