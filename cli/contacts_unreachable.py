"""What `tidings contacts unreachable` and `reach` do."""

import asyncio
import getpass
from collections.abc import Sequence
from dataclasses import asdict

from rich.table import Table

from cli.database import open_database
from cli.output import people, print_json, results
from messaging.errors import TidingsError
from messaging.phones import mask, parse
from models.columns import utc_now
from models.organizations import find_organization
from models.reach.ending import someone_knows
from models.reach.listing import UnreachableCount, UnreachableNumber, count_unreachable, list_unreachable


class NotUnreachable(TidingsError):
    """Nothing is held to be unreachable here that could be ended."""


def show_unreachable(
    organization: str, *, code: int | None, limit: int, show_numbers: bool, as_json: bool
) -> None:
    """Prints the numbers and their counts. Raises `NoSuchOrganization`, and what `open_database` does."""
    counts, found = asyncio.run(_read(organization, code=code, limit=limit))
    if as_json:
        _print_json(counts, found, show_numbers=show_numbers)
        return
    table = Table("Number", "Channel", "Since", "Code", "Why")
    for one in found:
        number = one.phone if show_numbers else mask(one.phone)
        since = one.unreachable_since.isoformat(timespec="seconds")
        table.add_row(number, one.channel, since, str(one.code), one.why)
    results().print(table)
    for count in counts:
        people().print(f"{count.contacts:,} by {count.code} on {count.channel}: {count.why}")


def end_unreachable(organization: str, *, phone: str | None, code: int | None, as_json: bool) -> None:
    """Ends it. Raises `NotUnreachable` where there is nothing to end, `PhoneRefused`, and as above."""
    ended = asyncio.run(_end(organization, phone=phone, code=code))
    if not ended:
        what = "This number is not" if phone else f"By code {code} no number is"
        raise NotUnreachable(f"{what} held to be unreachable; see `tidings contacts unreachable`.")
    if as_json:
        print_json({"contacts": ended})
        return
    results().print(f"{ended:,} contact{'' if ended == 1 else 's'} can be written to again.")


def _print_json(
    counts: Sequence[UnreachableCount], found: Sequence[UnreachableNumber], *, show_numbers: bool
) -> None:
    numbers = [
        {
            **asdict(one),
            "phone": one.phone if show_numbers else mask(one.phone),
            "unreachable_since": one.unreachable_since.isoformat(),
            "why": one.why,
        }
        for one in found
    ]
    print_json({"counts": [{**asdict(one), "why": one.why} for one in counts], "numbers": numbers})


async def _read(
    organization: str, *, code: int | None, limit: int
) -> tuple[Sequence[UnreachableCount], Sequence[UnreachableNumber]]:
    async with open_database(application="contacts") as (_, engine), engine.connect() as connection:
        owner = (await find_organization(connection, organization)).id
        counts = await count_unreachable(connection, owner)
        return counts, await list_unreachable(connection, owner, code=code, most=limit)


async def _end(organization: str, *, phone: str | None, code: int | None) -> int:
    async with open_database(application="contacts") as (_, engine), engine.begin() as connection:
        owner = await find_organization(connection, organization)
        number = parse(phone, region=owner.default_region).e164 if phone else None
        actor = f"person:{getpass.getuser()}"
        return await someone_knows(connection, owner.id, actor=actor, now=utc_now(), phone=number, code=code)
