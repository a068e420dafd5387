"""`tidings messages list` and `show`: what is known, numbers masked unless asked for."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from rich.table import Table

from cli.database import open_database
from cli.output import print_json, results
from messaging.phones import mask
from models.campaigns.store import find_campaign
from models.messages.lookup import MessageLine, MessageStory, list_messages, read_message
from models.messages.skip_reasons import in_words
from models.organizations import find_organization


def show_messages(
    organization: str, *, state: str | None, campaign: str | None, limit: int, show_numbers: bool, as_json: bool
) -> None:
    """Prints the organization's newest messages that fit.

    Raises `NoSuchOrganization`, `NoSuchState`, `NoSuchCampaign`, and what `open_database` does.
    """
    lines = asyncio.run(_read_lines(organization, state=state, campaign=campaign, limit=limit))
    if as_json:
        shown = [plain({**asdict(line), "phone": number(line.phone, show=show_numbers)}) for line in lines]
        print_json({"messages": shown})
        return
    table = Table("Id", "To", "State", "Why", "Campaign", "SID", "Changed")
    for line in lines:
        why = line.skip_reason or (str(line.error_code) if line.error_code else "")
        changed = line.updated_at.isoformat(timespec="seconds")
        to = number(line.phone, show=show_numbers)
        table.add_row(str(line.id), to, line.state, why, line.campaign or "", line.twilio_sid or "", changed)
    results().print(table)


def show_message(organization: str, message_id: int, *, show_numbers: bool, as_json: bool) -> None:
    """Prints everything about one message of the organization.

    Raises `NoSuchOrganization`, `NoSuchMessage`, and what `open_database` does.
    """
    story = asyncio.run(_read_story(organization, message_id))
    reason = story.message["skip_reason"]
    about = {
        **story.message,
        "phone": number(story.message["phone"], show=show_numbers),
        "skip_sentence": in_words(reason) if reason else None,
    }
    if as_json:
        parts = {"attempts": story.attempts, "events": story.events, "settlements": story.settlements}
        print_json({**plain(about), **{name: [plain(row) for row in rows] for name, rows in parts.items()}})
        return
    console = results()
    table = Table(show_header=False)
    for name, value in plain(about).items():
        if value is not None:
            table.add_row(name.replace("_", " "), str(value))
    console.print(table)
    for attempt in story.attempts:
        console.print(f"{attempt['answered_at'].isoformat()}  {_request(attempt)}")
    for event in story.events:
        code = f" with code {event['error_code']}" if event["error_code"] else ""
        console.print(f"{event['received_at'].isoformat()}  {event['status']}{code} ({event['twilio_sid']})")
    for settlement in story.settlements:
        console.print(
            f"{settlement['looked_at'].isoformat()}  {settlement['verdict']} by {settlement['decided_by']}"
        )
        show_evidence(settlement["evidence"])


def _request(attempt: dict[str, Any]) -> str:
    """One request: how it ended, by which sender, and what Twilio's support asks for."""
    status = f"HTTP {attempt['http_status']}" if attempt["http_status"] else "no answer"
    code = f", code {attempt['error_code']}" if attempt["error_code"] else ""
    request_id = f", request {attempt['request_id']}" if attempt["request_id"] else ""
    outcome = attempt["outcome"].replace("_", " ")
    return f"requested by {attempt['sender']}: {outcome} ({status}{code}{request_id})"


def show_evidence(evidence: Sequence[dict[str, Any]]) -> None:
    """Prints what Twilio has, a line a message."""
    for seen in evidence:
        results().print(f"    {seen['date_created']}  {seen['sid']}  {seen['status']}: {seen['body']}")


def number(phone: str, *, show: bool) -> str:
    """A phone number as it may be shown."""
    return phone if show else mask(phone)


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """Times as text, for JSON and for people."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


async def _read_lines(
    organization: str, *, state: str | None, campaign: str | None, limit: int
) -> Sequence[MessageLine]:
    async with open_database(application="messages list") as (_, engine), engine.connect() as connection:
        owner = (await find_organization(connection, organization)).id
        named = await find_campaign(connection, campaign, organization_id=owner) if campaign else None
        campaign_id = named.id if named else None
        return await list_messages(
            connection, organization_id=owner, state=state, campaign_id=campaign_id, most=limit
        )


async def _read_story(organization: str, message_id: int) -> MessageStory:
    async with open_database(application="messages show") as (_, engine), engine.connect() as connection:
        owner = await find_organization(connection, organization)
        return await read_message(connection, message_id, organization_id=owner.id)
