"""`tidings contacts erase` and `erasures`: a person's data go, and what was erased when is listed."""

import asyncio
import sys
from typing import Any

import typer
from rich.table import Table

from cli.contacts_person import find_person
from cli.database import open_database
from cli.output import people, print_json, results
from deployments.stack import resolve
from messaging.errors import TidingsError
from messaging.phones import mask
from messaging.settings import load_settings
from models.organizations import find_organization
from models.rights.beginning import ErasureOrder
from models.rights.trail import ErasureLine, list_erasures
from tasks.equipment import open_equipment
from tasks.erasing import Erased, erase_person

MOST_SHOWN = 100
_NAMES = {
    "consent_events": "entries of the consent ledger",
    "webhook_events": "raw webhooks",
    "archived_webhooks": "raw webhooks in the archive",
    "media_files": "files that the person sent",
    "messages_at_twilio": "messages at Twilio",
    "messages": "messages (their rows stay, without the person)",
}


class NotAllErased(TidingsError):
    """Something has to be done again later."""


class NotConfirmed(TidingsError):
    """Nobody said yes."""


def erase_contact(
    organization: str, phone: str, *, actor: str, why: str, at_twilio: bool, yes: bool, as_json: bool
) -> None:
    """Erases the person and prints what went.

    Raises `NotConfirmed`, `NotAllErased`, `NoSuchOrganization`, `PhoneRefused`, and what `erase_person` does.
    """
    if not yes and not _confirmed(phone):
        raise NotConfirmed("Nothing was erased; say --yes where nobody can be asked.")
    erased = asyncio.run(_erase(organization, phone, actor=actor, why=why, at_twilio=at_twilio))
    if as_json:
        print_json({"id": str(erased.begun.id), "finished": erased.is_finished, "erased": dict(erased.counts)})
    else:
        _show(erased)
    if not erased.is_finished:
        raise NotAllErased(
            f"Twilio cannot delete {erased.left_at_twilio:,} messages before they have come to their end; "
            "run the same command again in an hour."
        )


def _confirmed(phone: str) -> bool:
    question = f"Erase all that is kept of {mask(phone)}? It cannot be undone."
    return sys.stdin.isatty() and typer.confirm(question, err=True)


def show_erasures(organization: str, *, as_json: bool) -> None:
    """Prints the newest erasures, without numbers. Raises `NoSuchOrganization`, and what `open_database` does."""
    lines = asyncio.run(_read(organization))
    if as_json:
        print_json({"erasures": [_plain(line) for line in lines]})
        return
    table = Table("When", "Who", "Why", "What", "At Twilio", "Finished")
    for line in lines:
        what = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in sorted(line.counts.items()))
        finished = line.finished_at.isoformat(timespec="seconds") if line.finished_at else "broken off"
        at_twilio = "yes" if line.at_twilio else ""
        table.add_row(
            line.requested_at.isoformat(timespec="seconds"), line.actor, line.why, what, at_twilio, finished
        )
    results().print(table)


async def _erase(organization: str, phone: str, *, actor: str, why: str, at_twilio: bool) -> Erased:
    settings = resolve(load_settings())
    async with open_equipment(settings, needs_callbacks=False) as tools:
        owner, number = await find_person(tools.engine, organization, phone)
        order = ErasureOrder(organization_id=owner.id, phone=number, actor=actor, why=why, at_twilio=at_twilio)
        with people().status("Erasing …") as status:
            return await erase_person(tools, order, told=lambda what: status.update(f"Erasing: {what} …"))


async def _read(organization: str) -> list[ErasureLine]:
    async with open_database(application="contacts erasures") as (_, engine), engine.connect() as connection:
        owner = await find_organization(connection, organization)
        return await list_erasures(connection, owner.id, most=MOST_SHOWN)


def _show(erased: Erased) -> None:
    table = Table(show_header=False)
    for name, count in sorted(erased.counts.items()):
        table.add_row(_NAMES.get(name, name.replace("_", " ")), f"{count:,}")
    if erased.counts:
        results().print(table)
    else:
        results().print("Nothing was kept of this number.")
    results().print("The number is blocked by its keyed hash: no import and no message takes it in again.")


def _plain(line: ErasureLine) -> dict[str, Any]:
    return {
        "id": str(line.id),
        "actor": line.actor,
        "why": line.why,
        "at_twilio": line.at_twilio,
        "counts": line.counts,
        "requested_at": line.requested_at.isoformat(),
        "finished_at": line.finished_at.isoformat() if line.finished_at else None,
    }
