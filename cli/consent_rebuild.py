"""`tidings consent rebuild`: the states of consent, derived from the ledger once more."""

import asyncio
from dataclasses import asdict

import typer
from rich.table import Table

from cli.database import open_database
from cli.output import people, print_json, results
from models.consent.rebuilding import Difference, differences
from models.organizations import find_organization

SHOWN = 100
"""Differences that are listed; all are counted."""


def rebuild_consents(organization: str, *, check: bool, as_json: bool) -> None:
    """Prints every difference, corrected unless `check`; exits with 1 when one was only looked at.

    Raises `NoSuchOrganization`, and what `open_database` does.
    """
    with people().status("Deriving the states from the ledger …"):
        found, count = asyncio.run(_rebuild(organization, correct=not check))
    if as_json:
        print_json({"differences": count, "corrected": not check, "shown": [asdict(each) for each in found]})
    else:
        _show(found, count, check=check)
    if check and count:
        raise typer.Exit(1)


def _show(found: list[Difference], count: int, *, check: bool) -> None:
    if not count:
        results().print("Every state is what the ledger says.")
        return
    table = Table("Number", "Type", "Topic", "Channel", "State", "Entry", "By the ledger", "Entry")
    for each in found:
        was, is_ = each.found or "none", each.derived or "none"
        where = (each.phone, each.message_type, each.topic or "every topic", each.channel)
        table.add_row(*where, was, str(each.found_entry or ""), is_, str(each.derived_entry or ""))
    results().print(table)
    done = "nothing was changed; run it without --check to correct them" if check else "now they are"
    results().print(f"{count:,} states were not what the ledger says; {done}.")


async def _rebuild(organization: str, *, correct: bool) -> tuple[list[Difference], int]:
    """The first differences, and how many there are."""
    found: list[Difference] = []
    count = 0
    async with open_database(application="consent rebuild") as (_, engine):
        async with engine.connect() as connection:
            owner = (await find_organization(connection, organization)).id
        async for each in differences(engine, organization_id=owner, correct=correct):
            count += 1
            if len(found) < SHOWN:
                found.append(each)
    return found, count
