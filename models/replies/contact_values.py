"""A contact's values for trying texts."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.campaigns.rendering import CONTACT_COLUMNS, values_of
from models.contacts import NoSuchContact

_CONTACT = text(f"""
    SELECT {CONTACT_COLUMNS}, ct.profile_name FROM contacts ct
    WHERE ct.organization_id = :organization_id AND ct.id = :id
""")  # noqa: S608 (only the text above is put in)


async def contact_values(
    connection: AsyncConnection, organization_id: UUID, contact_id: int | None
) -> Mapping[str, object]:
    """The contact's fields and attributes; none without a contact. Raises `NoSuchContact`."""
    if contact_id is None:
        return {}
    values = {"organization_id": organization_id, "id": contact_id}
    row = (await connection.execute(_CONTACT, values)).mappings().one_or_none()
    if row is None:
        raise NoSuchContact(f"There is no contact {contact_id}; leave --contact out, or name another.")
    return {**values_of(row), "profile_name": row["profile_name"]}
