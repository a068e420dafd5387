"""`tidings surveys send`: begins a survey with the people of a tag, or with some numbers."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.direct_sending import wake_direct_sending
from cli.campaign_start import require_settings
from cli.database import open_database
from cli.output import people, print_json, results
from messaging.errors import TidingsError
from messaging.statuses import MessageState
from models.columns import utc_now
from models.messages.direct.drafts import Draft
from models.messages.direct.recipients import find_recipients
from models.organizations import Organization, find_organization
from models.senders import MessageType
from models.surveys.sending import Outreach, contacts_tagged, send_survey

AT_ONCE = 500
_IDS = text("""
    SELECT id FROM contacts WHERE organization_id = :organization_id AND phone = ANY(CAST(:phones AS text[]))
    ORDER BY id
""")


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asked for: some numbers as written, or a tag."""

    name: str
    to: tuple[str, ...]
    tag: str | None
    kind: str
    channel: str
    again: bool


def send_to(organization: str, order: Order, *, as_json: bool) -> None:
    """Begins the survey, prints how many were asked and why others were not.

    Raises `NoSuchSurvey`, `NoSender`, `PhoneRefused`, and what `require_settings` and `open_database` do.
    """
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with people().status("Sending …"):
        tally = asyncio.run(_send(organization, order))
    asked = tally.pop(MessageState.PLANNED.value, 0)
    if as_json:
        print_json({"asked": asked, "left_out": dict(tally)})
        return
    table = Table("", "People")
    table.add_row("asked", f"{asked:,}")
    for reason, number in tally.most_common():
        table.add_row(f"left out: {reason.replace('_', ' ')}", f"{number:,}")
    results().print(table)


async def _send(slug: str, order: Order) -> Counter[str]:
    tally: Counter[str] = Counter()
    async with open_database(application="surveys send") as (settings, engine):
        prefect_api_url = require_settings(settings)
        async with engine.begin() as connection:
            organization = await find_organization(connection, slug)
            named = await _contacts_of(connection, order.to, organization)
        outreach = _outreach(order, organization.id)
        async for contacts in _batches(engine, order, organization.id, named):
            async with engine.begin() as connection:
                tally += await send_survey(connection, outreach, contacts)
            await wake_direct_sending(engine, prefect_api_url=prefect_api_url)
    return tally


def _outreach(order: Order, organization_id: UUID) -> Outreach:
    return Outreach(
        organization_id=organization_id,
        name=order.name,
        now=utc_now(),
        message_type=MessageType(order.kind),
        channel=order.channel,
        again=order.again,
    )


async def _contacts_of(
    connection: AsyncConnection, numbers: Sequence[str], organization: Organization
) -> Sequence[int]:
    """The contacts with these numbers, made when they are new; the first number that is none is refused."""
    recipients = await find_recipients(
        connection,
        [Draft(number) for number in numbers],
        organization_id=organization.id,
        region=organization.default_region,
        now=utc_now(),
    )
    for found in recipients.found:
        if isinstance(found, TidingsError):
            raise found
    whose = {"organization_id": organization.id, "phones": list(recipients.found)}
    return (await connection.execute(_IDS, whose)).scalars().all()


async def _batches(
    engine: AsyncEngine, order: Order, organization_id: UUID, named: Sequence[int]
) -> AsyncIterator[Sequence[int]]:
    if order.tag is None:
        yield named
        return
    after = 0
    while True:
        async with engine.connect() as connection:
            found = await contacts_tagged(
                connection, organization_id=organization_id, tag=order.tag, after=after, most=AT_ONCE
            )
        if not found:
            return
        yield found
        after = found[-1]
