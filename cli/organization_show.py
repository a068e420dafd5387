"""`tidings organization list` and `show`: no secret is ever printed, only where it lies."""

import asyncio
from collections.abc import Sequence
from typing import Any

from rich.table import Table

from cli.database import open_database
from cli.output import print_json, results
from models.organizations import DEFAULT_SLUG, Organization, find_organization, list_organizations
from models.senders import Sender
from models.tenants.senders import senders_of


def show_all(*, as_json: bool) -> None:
    """Prints every organization. Raises what `open_database` does."""
    found = asyncio.run(_read_all())
    if as_json:
        print_json({"organizations": [_to_json(each) for each in found]})
        return
    table = Table("Slug", "Name", "Twilio account", "Region")
    for each in found:
        table.add_row(each.slug, each.name, each.twilio_account_sid or "none", each.default_region)
    results().print(table)


def show_one(slug: str, *, as_json: bool) -> None:
    """Prints one organization. Raises `NoSuchOrganization`, and what `open_database` does."""
    show_organization(*asyncio.run(_read_one(slug)), as_json=as_json)


def show_organization(organization: Organization, senders: Sequence[Sender], *, as_json: bool) -> None:
    """Prints an organization and its senders."""
    if as_json:
        print_json({**_to_json(organization), "senders": [_sender_to_json(sender) for sender in senders]})
        return
    table = Table(show_header=False)
    for name, value in _to_json(organization).items():
        if value is not None:
            table.add_row(name.replace("_", " "), value)
    for sender in senders:
        state = sender.state if sender.state_reason is None else f"{sender.state}: {sender.state_reason}"
        table.add_row(
            f"{sender.purpose}, {sender.channel}", f"{sender.address} at {sender.rate:g} segments/s, {state}"
        )
    results().print(table)


async def _read_all() -> Sequence[Organization]:
    async with open_database(application="organization list") as (_, engine), engine.connect() as connection:
        return await list_organizations(connection)


async def _read_one(slug: str) -> tuple[Organization, list[Sender]]:
    async with open_database(application="organization show") as (_, engine), engine.connect() as connection:
        found = await find_organization(connection, slug)
        return found, await senders_of(connection, found.id)


def _to_json(organization: Organization) -> dict[str, str | None]:
    is_default = organization.slug == DEFAULT_SLUG
    return {
        "slug": organization.slug,
        "id": str(organization.id),
        "name": organization.name,
        "account_sid": organization.twilio_account_sid,
        "auth_token": "the settings" if is_default else organization.auth_token_ref,
        "secondary_auth_token": organization.secondary_auth_token_ref,
        "api_key_sid": organization.api_key_sid,
        "api_key_secret": organization.api_key_secret_ref,
        "region": organization.default_region,
    }


def _sender_to_json(sender: Sender) -> dict[str, Any]:
    return {
        "id": str(sender.id),
        "purpose": sender.purpose,
        "channel": sender.channel,
        "address": sender.address,
        "rate": sender.rate,
        "state": sender.state,
        "reason": sender.state_reason,
    }
