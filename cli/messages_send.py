"""`tidings messages send`: one message, planned, sent by the flow run that sends direct ones, and followed."""

import asyncio
import getpass
import sys
import time
from dataclasses import asdict, dataclass
from uuid import UUID

import structlog
import typer
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.direct_sending import wake_direct_sending
from cli.campaign_start import require_settings
from cli.database import open_database
from cli.output import people, print_json, results
from messaging.consent.topics import plain_topic
from messaging.errors import TidingsError
from messaging.statuses import MessageState
from models.columns import utc_now
from models.messages.direct.drafts import Draft, PlannedDirect, Posting
from models.messages.direct.following import Progress, read_progress
from models.messages.direct.planning import plan_direct
from models.organizations import find_organization
from models.senders import MessageType

WAIT_SECONDS = 120.0
LOOK_SECONDS = 0.25
UNKNOWN = 3


class NotSent(TidingsError):
    """The message was not sent; the text says why."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asked for; `to` is a number as written or a contact's id."""

    to: int | str
    body: str
    media: tuple[str, ...]
    kind: str
    topic: str
    channel: str
    key: str | None
    sensitive: bool = False


def send_message(organization: str, order: Order, *, wait: bool, as_json: bool) -> None:
    """Plans the message and sees to its sending; prints its id and state.

    Raises `NotSent`, and what `plan_direct`, `require_settings` and `open_database` do.
    """
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with people().status("Sending …"):
        planned, progress = asyncio.run(_send(organization, order, wait=wait))
    if as_json:
        print_json({"id": planned.id, "existed": planned.existed, **asdict(progress)})
    elif progress.problem is None:
        known = ", planned before" if planned.existed else ""
        results().print(f"Message {planned.id}: {progress.state}{known}.")
    if progress.problem is not None:
        raise NotSent(f"Message {planned.id} was not sent: {progress.problem}. {progress.sentence}".rstrip())
    if wait and progress.is_on_its_way:
        raise NotSent(f"Message {planned.id} still waits; see `tidings messages show {planned.id}`.")
    if wait and progress.state == MessageState.UNKNOWN:
        raise typer.Exit(UNKNOWN)


async def _send(organization: str, order: Order, *, wait: bool) -> tuple[PlannedDirect, Progress]:
    async with open_database(application="messages send") as (settings, engine):
        prefect_api_url = require_settings(settings)
        async with engine.begin() as connection:
            organization_id = (await find_organization(connection, organization)).id
            planned = await _plan(connection, order, organization_id=organization_id)
        assert planned.id is not None  # noqa: S101 (what is no message was raised)
        if planned.state == MessageState.PLANNED:
            await wake_direct_sending(engine, prefect_api_url=prefect_api_url)
        return planned, await _follow(engine, planned.id, seconds=WAIT_SECONDS if wait else 0.0)


async def _plan(connection: AsyncConnection, order: Order, *, organization_id: UUID) -> PlannedDirect:
    draft = Draft(to=order.to, body=order.body, media=order.media, key=order.key)
    posting = Posting(
        organization_id=organization_id,
        cause=f"person {getpass.getuser()}",
        now=utc_now(),
        message_type=MessageType(order.kind),
        topic=plain_topic(order.topic),
        channel=order.channel,
        sensitive=order.sensitive,
    )
    return await plan_direct(connection, draft, posting)


async def _follow(engine: AsyncEngine, message_id: int, *, seconds: float) -> Progress:
    """Looks until the message is on its way no more, or for so long."""
    until = time.monotonic() + seconds
    while True:
        async with engine.connect() as connection:
            progress = await read_progress(connection, message_id)
        if not progress.is_on_its_way or time.monotonic() >= until:
            return progress
        await asyncio.sleep(LOOK_SECONDS)
