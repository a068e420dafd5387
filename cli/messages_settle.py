"""`tidings messages settle`: a pass now, what a person must decide, and the decision."""

import asyncio
import getpass
import sys
from collections.abc import Sequence
from dataclasses import asdict

import structlog
import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from cli.database import open_database
from cli.messages_list import number, plain, show_evidence
from cli.output import people, print_json, results
from deployments.stack import resolve
from messaging.settings import Settings, load_settings
from messaging.twilio_transport import TwilioTransport
from models.columns import utc_now
from models.organizations import find_organization
from models.settling import person
from models.settling.person import NotItsMessage, Person
from models.settling.review import Review, reviews
from tasks.equipment import open_equipment
from tasks.settling import SettlingTally, settle_all
from tasks.twilio_accounts import TwilioAccounts

MOST_REVIEWS = 1_000


def settle_now(organization: str, *, as_json: bool) -> None:
    """Runs one pass over the organization's messages and prints its counts.

    Raises `NoSuchOrganization`, `SettingsError` and `StackNotRunning`.
    """
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    console = people()
    with console.status("Asking Twilio what became of lost answers …"):
        tally = asyncio.run(_settle(organization))
    if as_json:
        print_json(tally.to_json())
        return
    results().print(_told(tally))


def show_reviews(organization: str, *, show_numbers: bool, as_json: bool) -> None:
    """Prints what a person must decide, with the evidence. Raises `NoSuchOrganization`, and as `open_database`."""
    found = asyncio.run(_read_reviews(organization))
    if as_json:
        shown = [plain({**asdict(one), "phone": number(one.phone, show=show_numbers)}) for one in found]
        print_json({"reviews": shown})
        return
    for one in found:
        when, to = one.claimed_at.isoformat(timespec="seconds"), number(one.phone, show=show_numbers)
        results().print(f"{one.id}  to {to}, {one.campaign or 'no campaign'}, requested about {when}: {one.body}")
        results().print("  Twilio has, and no message of ours is known to be:")
        show_evidence(one.evidence)
    if not found:
        results().print("There is nothing to decide.")


def decide(
    organization: str, message_id: int, *, adopt_sid: str | None, resend: bool, give_up: bool, as_json: bool
) -> None:
    """Carries out one decision, kept with the user's name.

    Raises `NoSuchOrganization`, `NotDoubtful` and `NotItsMessage`.
    """
    if [adopt_sid is not None, resend, give_up].count(True) != 1:
        raise typer.BadParameter("Say one of --adopt SID, --resend and --give-up.")
    word = asyncio.run(_decide(organization, message_id, adopt_sid=adopt_sid, resend=resend))
    if as_json:
        print_json({"id": message_id, "verdict": word})
        return
    results().print(f"Message {message_id}: {word.replace('_', ' ')}.")


async def _settle(organization: str) -> SettlingTally:
    settings = resolve(load_settings())
    async with open_equipment(settings, needs_callbacks=False) as tools:
        async with tools.engine.connect() as connection:
            owner = await find_organization(connection, organization)
        return await settle_all(tools, organization_id=owner.id)


def _told(tally: SettlingTally) -> str:
    if tally.busy:
        return "Another process settles at this moment; see `tidings messages list --state unknown`."
    counts = {
        "found at Twilio": tally.verdicts["adopted"],
        "to be sent again": tally.verdicts["resent"],
        "for a person (--review)": tally.verdicts["review"],
        "too early to say": tally.verdicts["waiting"],
        "numbers that Twilio did not tell about": tally.unread,
    }
    told = [f"{count:,} {what}" for what, count in counts.items() if count]
    sentences = [*([f"{', '.join(told)}."] if told else []), *tally.problems]
    return " ".join(sentences) or "Nothing to settle now."


async def _read_reviews(organization: str) -> Sequence[Review]:
    async with open_database(application="messages settle") as (_, engine), engine.connect() as connection:
        owner = await find_organization(connection, organization)
        return await reviews(connection, organization_id=owner.id, most=MOST_REVIEWS)


async def _decide(organization: str, message_id: int, *, adopt_sid: str | None, resend: bool) -> str:
    async with open_database(application="messages settle") as (settings, engine):
        async with engine.connect() as connection:
            owner = await find_organization(connection, organization)
        by = Person(f"person:{getpass.getuser()}", owner.id)
        if adopt_sid is not None:
            await _adopt(settings, engine, message_id, sid=adopt_sid, by=by)
            return "adopted"
        async with engine.begin() as connection:
            if resend:
                await person.resend(connection, message_id, by=by, now=utc_now())
                return "resent"
            await person.give_up(connection, message_id, by=by, now=utc_now())
            return "given_up"


async def _adopt(settings: Settings, engine: AsyncEngine, message_id: int, *, sid: str, by: Person) -> None:
    async with TwilioTransport.of(settings) as transport:
        accounts = TwilioAccounts(engine, settings=settings, transport=transport)
        sent = await (await accounts.messages_of(by.organization_id)).history.by_sid(sid)
    if sent is None:
        raise NotItsMessage(f"Twilio has no message {sid}; look at the evidence again.")
    async with engine.begin() as connection:
        await person.adopt(connection, message_id, sent, by=by, now=utc_now())
