"""The tenant: whose contacts, campaigns and messages these are."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel, col

from messaging.errors import TidingsError
from models.columns import moment, new_id

DEFAULT_SLUG = "default"
"""The organization whose Twilio account is the settings'."""


class Organization(SQLModel, table=True):
    """One tenant, bound to at most one Twilio (sub)account.

    Its secrets are kept by reference only (`messaging.secret_references`); the default one's are in the settings.
    """

    __tablename__ = "organizations"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    slug: str = Field(unique=True)
    name: str
    twilio_account_sid: str | None = Field(default=None, unique=True)
    auth_token_ref: str | None = None
    secondary_auth_token_ref: str | None = None
    api_key_sid: str | None = None
    api_key_secret_ref: str | None = None
    default_region: str = "US"
    created_at: datetime = moment(required=True)


class NoSuchOrganization(TidingsError):
    """No organization has this short name."""


async def find_organization(connection: AsyncConnection, slug: str) -> Organization:
    """The organization of this short name. Raises `NoSuchOrganization`."""
    asked = select(Organization).where(col(Organization.slug) == slug)
    found = (await connection.execute(asked)).mappings().one_or_none()
    if found is None:
        raise NoSuchOrganization(
            f'There is no organization "{slug}"; `tidings organization list` shows all, the first is "default".'
        )
    return Organization(**found)


async def load_organization(connection: AsyncConnection, organization_id: UUID) -> Organization:
    """The organization of this id. Raises `sqlalchemy.exc.NoResultFound` when there is none."""
    asked = select(Organization).where(col(Organization.id) == organization_id)
    return Organization(**(await connection.execute(asked)).mappings().one())


async def list_organizations(connection: AsyncConnection) -> Sequence[Organization]:
    """All of them, by their short names."""
    asked = select(Organization).order_by(col(Organization.slug))
    return [Organization(**row) for row in (await connection.execute(asked)).mappings()]
