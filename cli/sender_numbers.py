"""`tidings sender show` and `set`."""

import asyncio
import getpass
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.database import open_database
from cli.output import print_json, results
from messaging.compliance.numbers import SenderNumber
from models.columns import utc_now
from models.compliance.applying import apply_rules
from models.compliance.definition import parse_numbers
from models.compliance.store import find_sender, keep_numbers, numbers_of
from models.organizations import find_organization
from models.senders import Sender, load_sender
from models.tenants.senders import senders_of
from models.yaml_source import read_text

Known = tuple[Sender, list[SenderNumber]]


def show_senders(name: str | None, *, channel: str, organization: str, as_json: bool) -> None:
    """Prints senders with their numbers. Raises `NoSuchOrganization`, `NoSuchSender`, and as `open_database`."""
    _show(asyncio.run(_read(name, channel=channel, organization=organization)), as_json=as_json)


def set_numbers(name: str, file: Path, *, channel: str, organization: str, as_json: bool) -> None:
    """Stores the numbers of a sender. Raises as `show_senders`, and `UnreadableFile`, `DefinitionError`."""
    numbers = parse_numbers(read_text(file), where=str(file), channel=channel)
    found = asyncio.run(_set(name, numbers, channel=channel, organization=organization))
    _show([found], as_json=as_json)


async def known_senders(
    connection: AsyncConnection, name: str | None, *, channel: str, organization: str
) -> list[Known]:
    """The organization's senders, or only the one that is named, with their numbers."""
    owner = (await find_organization(connection, organization)).id
    found = (
        [await find_sender(connection, owner, name, channel=channel)]
        if name is not None
        else await senders_of(connection, owner)
    )
    return [(sender, await numbers_of(connection, sender.id)) for sender in found]


async def _read(name: str | None, *, channel: str, organization: str) -> list[Known]:
    async with open_database(application="sender show") as (_, engine), engine.connect() as connection:
        return await known_senders(connection, name, channel=channel, organization=organization)


async def _set(name: str, numbers: Sequence[SenderNumber], *, channel: str, organization: str) -> Known:
    async with open_database(application="sender set") as (settings, engine), engine.begin() as connection:
        owner = (await find_organization(connection, organization)).id
        sender = await find_sender(connection, owner, name, channel=channel)
        actor = f"person:{getpass.getuser()}"
        await keep_numbers(connection, sender, numbers, actor=actor, now=utc_now())
        await apply_rules(connection, sender.id, live=settings.is_live)
        return await load_sender(connection, sender.id), await numbers_of(connection, sender.id)


def _show(found: Sequence[Known], *, as_json: bool) -> None:
    if as_json:
        print_json({"senders": [_to_json(sender, numbers) for sender, numbers in found]})
        return
    table = Table("Sender", "Segments/s", "Number", "Kind", "Country", "Registration", "Score")
    for sender, numbers in found:
        own = (f"{sender.purpose}, {sender.channel}: {sender.address}", f"{sender.rate:g}")
        for first, row in enumerate([_row(number) for number in numbers] or [("not known", "", "", "", "")]):
            table.add_row(*(own if first == 0 else ("", "")), *row)
    results().print(table)


def _row(number: SenderNumber) -> tuple[str, str, str, str, str]:
    score = "" if number.trust_score is None else str(number.trust_score)
    kind = number.kind.value.replace("_", " ")
    return number.address, kind, number.country or "", number.registration.value, score


def _to_json(sender: Sender, numbers: Sequence[SenderNumber]) -> dict[str, Any]:
    return {
        "id": str(sender.id),
        "purpose": sender.purpose,
        "channel": sender.channel,
        "address": sender.address,
        "rate": sender.rate,
        "asked_rate": sender.asked_rate,
        "throughput": sender.throughput,
        "refused_countries": sender.refused_countries,
        "numbers": [asdict(number) for number in numbers],
    }
