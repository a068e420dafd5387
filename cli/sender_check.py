"""`tidings sender check`, and the count that `tidings status` shows."""

import asyncio
from collections.abc import Sequence

import phonenumbers

from cli.database import open_database
from cli.output import print_json, results
from cli.sender_numbers import Known, known_senders
from messaging.errors import TidingsError
from models.compliance.checking import Finding, check_sender, is_unknown
from models.organizations import list_organizations
from models.senders import Sender


class NoSuchCountry(TidingsError):
    """Not a country by its two letters."""


class SenderProblem(TidingsError):
    """Something keeps messages of a sender from arriving."""


def check_senders(
    name: str | None, *, channel: str, country: str | None, organization: str, as_json: bool
) -> None:
    """Prints what there is to say. Raises `SenderProblem` at the end when there is one, and as `show_senders`."""
    if country is not None and country not in phonenumbers.SUPPORTED_REGIONS:
        raise NoSuchCountry(f'"{country[:20]}" is no country; give two capital letters, such as GB.')
    live, found = asyncio.run(_read(name, channel=channel, organization=organization))
    checked = [(sender, check_sender(sender, numbers, live=live, country=country)) for sender, numbers in found]
    _print_json(checked) if as_json else _print(checked)
    problems = sum(finding.problem for _, findings in checked for finding in findings)
    if problems:
        raise SenderProblem(f"{problems} of these keep{'s' if problems == 1 else ''} messages from arriving.")


def count_unknown_senders() -> int | None:
    """Senders of a live account of which nobody has said enough; None while the database does not answer."""
    try:
        return asyncio.run(_count_unknown())
    except TidingsError:
        return None


async def _read(name: str | None, *, channel: str, organization: str) -> tuple[bool, list[Known]]:
    async with open_database(application="sender check") as (settings, engine), engine.connect() as connection:
        found = await known_senders(connection, name, channel=channel, organization=organization)
        return settings.is_live, found


async def _count_unknown() -> int:
    async with open_database(application="status") as (settings, engine), engine.connect() as connection:
        if not settings.is_live:
            return 0
        unknown = 0
        for each in await list_organizations(connection):
            known = await known_senders(connection, None, channel="sms", organization=each.slug)
            unknown += sum(is_unknown(numbers) for _, numbers in known)
        return unknown


def _print(checked: Sequence[tuple[Sender, Sequence[Finding]]]) -> None:
    console = results()
    for sender, findings in checked:
        console.print(f"{sender.purpose}, {sender.channel} ({sender.address}):")
        for finding in findings or [Finding("nothing to be said.")]:
            console.print(f"  {'✗' if finding.problem else '·'} {finding.sentence}")


def _print_json(checked: Sequence[tuple[Sender, Sequence[Finding]]]) -> None:
    found = [
        {
            "sender": sender.address,
            "purpose": sender.purpose,
            "channel": sender.channel,
            "findings": [{"sentence": each.sentence, "problem": each.problem} for each in findings],
        }
        for sender, findings in checked
    ]
    print_json({"senders": found})
