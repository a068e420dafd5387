"""`tidings campaign list`: what there is, and where it stands."""

import asyncio
from uuid import UUID

from rich.table import Table

from cli.database import open_database
from cli.output import print_json, results
from models.campaigns.store import CampaignLine, list_campaigns
from models.organizations import find_organization


def show_campaigns(*, organization: str, as_json: bool) -> None:
    """Prints the organization's campaigns, newest first."""
    lines = asyncio.run(_read(organization))
    if as_json:
        print_json({"campaigns": [_to_json(line) for line in lines]})
        return
    table = Table("Id", "Name", "Kind", "Run", "State")
    table.columns[0].min_width = len(str(UUID(int=0)))  # an id that was cut short could not be copied
    for line in lines:
        table.add_row(str(line.id), line.name, line.kind, line.occurrence or "", line.state or "not started")
    results().print(table)


async def _read(organization: str) -> list[CampaignLine]:
    async with open_database(application="campaign list") as (_, engine), engine.connect() as connection:
        return await list_campaigns(connection, (await find_organization(connection, organization)).id)


def _to_json(line: CampaignLine) -> dict[str, str | None]:
    return {
        "id": str(line.id),
        "name": line.name,
        "kind": line.kind,
        "send_at": line.send_at.isoformat() if line.send_at else None,
        "created_at": line.created_at.isoformat(),
        "occurrence": line.occurrence,
        "state": line.state,
    }
