"""Whose number a command is about."""

from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.phones import parse
from models.organizations import Organization, find_organization


async def find_person(engine: AsyncEngine, slug: str, written: str) -> tuple[Organization, str]:
    """The organization, and the number in E.164 as dialled in its region.

    Raises `NoSuchOrganization` and `PhoneRefused`.
    """
    async with engine.connect() as connection:
        organization = await find_organization(connection, slug)
    return organization, parse(written, region=organization.default_region, accept="possible").e164
