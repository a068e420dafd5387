"""`tidings messages resume`: a person's word that what had paused a sender is mended."""

import asyncio
from typing import Any

from api.direct_sending import wake_direct_sending
from cli.database import open_database
from cli.output import print_json, results
from models.campaigns.starting import Resumed, resume_after_fix
from models.columns import utc_now
from models.organizations import find_organization
from models.senders import sender_for


def resume_sender(organization: str, *, kind: str, channel: str, as_json: bool) -> None:
    """Sets the sender going again, with its countries. Raises `NoSender`, `NoSuchOrganization`, and more."""
    resumed = asyncio.run(_resume(organization, kind=kind, channel=channel))
    told: dict[str, Any] = {"sender": resumed.sender, "countries": resumed.countries}
    if as_json:
        print_json({"resumed": told})
        return
    results().print("What had been paused goes on." if resumed else "Nothing was paused.")


async def _resume(organization: str, *, kind: str, channel: str) -> Resumed:
    async with open_database(application="messages resume") as (settings, engine):
        async with engine.begin() as connection:
            organization_id = (await find_organization(connection, organization)).id
            sender = await sender_for(connection, organization_id=organization_id, purpose=kind, channel=channel)
            resumed = await resume_after_fix(connection, None, sender=sender, now=utc_now())
        await wake_direct_sending(engine, prefect_api_url=settings.prefect_api_url)
    return resumed
