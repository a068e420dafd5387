"""Who drafts go to: contacts found by id, or found or made by number, for all drafts at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from messaging.phone_refusals import PhoneRefused
from messaging.phones import parse
from models.contacts import NoSuchContact
from models.messages.direct.drafts import Draft
from models.rights.suppressed import PersonErased, erased_among

LARGEST_ID = 2**63 - 1

_BY_ID = text("""
    SELECT id, phone FROM contacts
    WHERE organization_id = :organization_id AND id = ANY(CAST(:ids AS bigint[]))
""")

_STRANGERS = text("""
    SELECT phone FROM unnest(CAST(:phones AS text[])) AS n(phone)
    WHERE NOT EXISTS (
        SELECT FROM contacts ct WHERE ct.organization_id = :organization_id AND ct.phone = n.phone)
""")
"""Looked for first: most are known, and a conflict would use up a number of the identity each time."""

_MAKE = text("""
    INSERT INTO contacts (organization_id, phone, country, created_at, updated_at)
    SELECT :organization_id, n.phone, n.country, :now, :now
    FROM unnest(CAST(:phones AS text[]), CAST(:countries AS text[])) AS n(phone, country)
    ORDER BY n.phone
    ON CONFLICT (organization_id, phone) DO NOTHING
""")


@dataclass(frozen=True, slots=True)
class Recipients:
    """The number of each draft, or the refusal of it, in the drafts' order; every number is a contact's by now."""

    found: Sequence[str | TidingsError]


async def find_recipients(
    connection: AsyncConnection, drafts: Sequence[Draft], *, organization_id: UUID, region: str, now: datetime
) -> Recipients:
    """Numbers in E.164, read as dialled in `region`; contacts are made for those that have none.

    Who was erased gets none, and is refused. Raises `HashKeyLost`.
    """
    phones = await _phones_of(connection, drafts, organization_id=organization_id)
    numbers: dict[str, str | None] = {}
    found = [_recipient(draft.to, phones, numbers, region=region) for draft in drafts]
    if not numbers:
        return Recipients(found)
    erased = await _make_contacts(connection, numbers, organization_id=organization_id, now=now)
    return Recipients([PersonErased() if recipient in erased else recipient for recipient in found])


async def _make_contacts(
    connection: AsyncConnection, numbers: Mapping[str, str | None], *, organization_id: UUID, now: datetime
) -> frozenset[str]:
    """Makes those that there are not, and returns the numbers of people who were erased."""
    asked = {"phones": list(numbers), "organization_id": organization_id}
    strangers = (await connection.execute(_STRANGERS, asked)).scalars().all()
    if not strangers:
        return frozenset()
    erased = await erased_among(connection, strangers, organization_id=organization_id)
    made = [phone for phone in strangers if phone not in erased]
    values = {"phones": made, "countries": [numbers[phone] for phone in made]}
    await connection.execute(_MAKE, {**values, "organization_id": organization_id, "now": now})
    return erased


async def _phones_of(
    connection: AsyncConnection, drafts: Iterable[Draft], *, organization_id: UUID
) -> dict[int, str]:
    ids = sorted({draft.to for draft in drafts if isinstance(draft.to, int) and 0 < draft.to <= LARGEST_ID})
    if not ids:
        return {}
    rows = await connection.execute(_BY_ID, {"organization_id": organization_id, "ids": ids})
    return {row.id: row.phone for row in rows}


def _recipient(
    to: int | str, phones: Mapping[int, str], numbers: dict[str, str | None], *, region: str
) -> str | TidingsError:
    if isinstance(to, int):
        return phones.get(to) or NoSuchContact(f"There is no contact {to}; look it up again.")
    try:
        number = parse(to, region=region)
    except PhoneRefused as refused:
        return refused
    numbers[number.e164] = number.country
    return number.e164
