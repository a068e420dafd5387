"""`tidings campaign create`: a file becomes a campaign, or is refused whole."""

import asyncio
from pathlib import Path

import typer

from cli.database import open_database
from cli.output import print_json
from models.campaigns.definition import parse
from models.campaigns.store import attribute_names, insert_campaign
from models.campaigns.tables import Campaign
from models.organizations import find_organization
from models.policy.store import load_policy
from models.yaml_source import read_text


def create_campaign(file: Path, *, organization: str, as_json: bool) -> None:
    """Stores the campaign and prints its id.

    Raises `UnreadableFile`, `DefinitionError`, `NoSuchOrganization`, and what `open_database` does.
    """
    campaign = asyncio.run(store_file(file, organization=organization))
    if as_json:
        print_json({"id": str(campaign.id), "name": campaign.name, "kind": campaign.kind})
        return
    typer.echo(str(campaign.id))
    created = f'Created the {campaign.kind} campaign "{campaign.name}"'
    typer.echo(f"{created}; look at it with `tidings campaign preview {campaign.id}`.", err=True)


async def store_file(file: Path, *, organization: str) -> Campaign:
    """The campaign of a file, checked against the organization's contacts and stored."""
    written = parse(read_text(file), where=str(file))
    async with open_database(application="campaign create") as (_, engine), engine.begin() as connection:
        organization_id = (await find_organization(connection, organization)).id
        rules = (await load_policy(connection, organization_id)).retention
        definition = written.checked(await attribute_names(connection, organization_id), rules)
        return await insert_campaign(connection, definition, organization_id=organization_id)
