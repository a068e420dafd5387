"""What `tidings conversations read`, `hand-over` and `take-back` do."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from uuid import UUID

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.database import open_database
from models.columns import utc_now
from models.conversations.listing import load_conversation
from models.conversations.modes import set_mode
from models.conversations.reading import mark_read
from models.conversations.tables import Mode
from models.organizations import find_organization
from models.replies.studio import hand_over

_FLOW = re.compile(r"FW[0-9a-f]{32}")
Work = Callable[[AsyncConnection, UUID], Awaitable[object]]


def mark_as_read(organization: str, conversation_id: UUID) -> None:
    """Raises `NoSuchOrganization`, `NoSuchConversation`, and what `open_database` does; as all here."""
    _run(organization, conversation_id, lambda c, id_: mark_read(c, id_, conversation_id))
    typer.echo("Read.", err=True)


def give_to_flow(organization: str, conversation_id: UUID, *, flow_sid: str) -> None:
    """Hands the conversation to a flow of Twilio Studio."""
    if not _FLOW.fullmatch(flow_sid):
        raise typer.BadParameter("--flow must be a flow's SID: FW and 32 hexadecimal digits.")

    def work(connection: AsyncConnection, organization_id: UUID) -> Awaitable[object]:
        return hand_over(
            connection,
            organization_id=organization_id,
            conversation_id=conversation_id,
            flow_sid=flow_sid,
            now=utc_now(),
        )

    _run(organization, conversation_id, work)
    typer.echo("Handed over; the flow is started in a moment.", err=True)


def give_to_rules(organization: str, conversation_id: UUID) -> None:
    """Takes the conversation back."""

    def work(connection: AsyncConnection, organization_id: UUID) -> Awaitable[object]:
        return set_mode(
            connection, organization_id=organization_id, conversation_id=conversation_id, mode=Mode.AUTO
        )

    _run(organization, conversation_id, work)
    typer.echo("Taken back; the rules answer again.", err=True)


def _run(organization: str, conversation_id: UUID, work: Work) -> None:
    async def run() -> None:
        async with open_database(application="conversations") as (_, engine), engine.begin() as connection:
            organization_id = (await find_organization(connection, organization)).id
            await load_conversation(connection, organization_id, conversation_id, now=utc_now())
            await work(connection, organization_id)

    asyncio.run(run())
