"""Contacts made, changed and found, one at a time or a page of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, literal, literal_column, select, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from messaging.phones import Phone
from models.contacts import Contact, NoSuchContact
from models.rights.suppressed import require_not_erased


async def save_contact(
    connection: AsyncConnection, phone: Phone, changes: Mapping[str, Any], *, organization_id: UUID, now: datetime
) -> tuple[Contact, bool]:
    """Makes the contact of a number, or changes the columns named; says whether it is new.

    Attributes are laid over those there; one whose value is None is taken away. Raises `PersonErased` for a new
    contact with the number of someone who was erased, and `HashKeyLost`.
    """
    if await find_contact(connection, phone, organization_id=organization_id) is None:
        await require_not_erased(connection, phone.e164, organization_id=organization_id)
    own = {"country": phone.country, **changes, "attributes": _without_none(changes.get("attributes", {}))}
    added = insert(Contact).values(
        organization_id=organization_id, phone=phone.e164, created_at=now, updated_at=now, **own
    )
    statement = added.on_conflict_do_update(
        index_elements=["organization_id", "phone"], set_={**_assignments(changes), "updated_at": now}
    ).returning(*_COLUMNS, literal_column("xmax = 0").label("is_new"))
    row = dict((await connection.execute(statement)).mappings().one())
    is_new = bool(row.pop("is_new"))
    return Contact(**row), is_new


async def change_contact(
    connection: AsyncConnection,
    contact_id: int,
    changes: Mapping[str, Any],
    *,
    organization_id: UUID,
    now: datetime,
) -> Contact:
    """Changes the columns named of one contact, as `save_contact` does. Raises `NoSuchContact`."""
    statement = (
        update(Contact)
        .where(col(Contact.id) == contact_id, col(Contact.organization_id) == organization_id)
        .values(**_assignments(changes), updated_at=now)
        .returning(*_COLUMNS)
    )
    return _one((await connection.execute(statement)).mappings().one_or_none())


async def load_contact(connection: AsyncConnection, contact_id: int, *, organization_id: UUID) -> Contact:
    """One contact of the organization. Raises `NoSuchContact`."""
    asked = select(*_COLUMNS).where(col(Contact.id) == contact_id, col(Contact.organization_id) == organization_id)
    return _one((await connection.execute(asked)).mappings().one_or_none())


async def find_contact(connection: AsyncConnection, phone: Phone, *, organization_id: UUID) -> Contact | None:
    """The organization's contact of a number."""
    asked = select(*_COLUMNS).where(
        col(Contact.phone) == phone.e164, col(Contact.organization_id) == organization_id
    )
    row = (await connection.execute(asked)).mappings().one_or_none()
    return Contact(**row) if row else None


async def list_contacts(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    tag: str | None = None,
    country: str | None = None,
    before: int | None = None,
    most: int,
) -> Sequence[Contact]:
    """The organization's contacts, newest first, from below the id `before`."""
    asked = select(*_COLUMNS).where(col(Contact.organization_id) == organization_id)
    if tag is not None:
        asked = asked.where(col(Contact.tags).contains([tag]))
    if country is not None:
        asked = asked.where(col(Contact.country) == country)
    if before is not None:
        asked = asked.where(col(Contact.id) < before)
    rows = await connection.execute(asked.order_by(col(Contact.id).desc()).limit(most))
    return [Contact(**row) for row in rows.mappings()]


_COLUMNS: list[Any] = [col(getattr(Contact, name)) for name in Contact.model_fields]


def _one(row: RowMapping | None) -> Contact:
    if row is None:
        raise NoSuchContact
    return Contact(**row)


def _assignments(changes: Mapping[str, Any]) -> dict[str, Any]:
    """What `changes` are for a row that is there."""
    named = dict(changes)
    if "attributes" in named:
        gone = [name for name, value in named["attributes"].items() if value is None]
        laid_over = col(Contact.attributes).op("||")(literal(_without_none(named["attributes"]), JSONB))
        named["attributes"] = laid_over.op("-")(literal(gone, ARRAY(TEXT)))
    return named


def _without_none(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if value is not None}
