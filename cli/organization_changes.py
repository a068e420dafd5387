"""`tidings organization create` and `set`."""

import asyncio

from cli.database import open_database
from cli.organization_show import show_organization
from cli.output import people
from messaging.errors import TidingsError
from messaging.secret_references import read_secret
from models.columns import utc_now
from models.organizations import Organization, find_organization
from models.senders import Sender
from models.tenants.definition import Said
from models.tenants.senders import senders_of
from models.tenants.store import change_organization, create_organization


def create_and_show(slug: str, said: Said, *, as_json: bool) -> None:
    """Adds an organization. Raises `BadOrganization`, `NotAReference`, and what `open_database` does."""
    organization, senders = asyncio.run(_create(slug, said))
    _tell_unread(said)
    show_organization(organization, senders, as_json=as_json)


def change_and_show(slug: str, said: Said, *, as_json: bool) -> None:
    """Changes an organization. Raises `NoSuchOrganization`, and what `create_and_show` does."""
    organization, senders = asyncio.run(_change(slug, said))
    _tell_unread(said)
    show_organization(organization, senders, as_json=as_json)


async def _create(slug: str, said: Said) -> tuple[Organization, list[Sender]]:
    async with (
        open_database(application="organization create") as (settings, engine),
        engine.begin() as connection,
    ):
        rate = settings.tidings_sender_rate
        made = await create_organization(connection, slug, said, default_rate=rate, now=utc_now())
        return made, await senders_of(connection, made.id)


async def _change(slug: str, said: Said) -> tuple[Organization, list[Sender]]:
    async with open_database(application="organization set") as (settings, engine), engine.begin() as connection:
        found = await find_organization(connection, slug)
        rate = settings.tidings_sender_rate
        changed = await change_organization(connection, found, said, default_rate=rate)
        return changed, await senders_of(connection, changed.id)


def _tell_unread(said: Said) -> None:
    """A reference that leads nowhere from here may do so where the stack runs, so it is no error yet."""
    for reference in (said.auth_token_ref, said.secondary_auth_token_ref, said.api_key_secret_ref):
        if reference:
            try:
                read_secret(reference)
            except TidingsError as error:
                people().print(f"Not readable from here: {error}")
