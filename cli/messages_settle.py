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
from messaging.twilio_history import SentMessage
from messaging.twilio_messages import TwilioMessages
from models.columns import utc_now
from models.settling import person
from models.settling.person import NotItsMessage
from models.settling.review import Review, reviews
from tasks.equipment import open_equipment
from tasks.settling import SettlingTally, settle_all

MOST_REVIEWS = 1_000


def settle_now(*, as_json: bool) -> None:
    """Runs one pass and prints its counts. Raises `SettingsError` and `StackNotRunning`."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    console = people()
    with console.status("Asking Twilio what became of lost answers …"):
        tally = asyncio.run(_settle())
    if as_json:
        print_json(tally.to_json())
        return
    results().print(_told(tally))


def show_reviews(*, show_numbers: bool, as_json: bool) -> None:
    """Prints what a person must decide, with the evidence. Raises what `open_database` does."""
    found = asyncio.run(_read_reviews())
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


def decide(message_id: int, *, adopt_sid: str | None, resend: bool, give_up: bool, as_json: bool) -> None:
    """Carries out one decision, kept with the user's name. Raises `NotDoubtful` and `NotItsMessage`."""
    if [adopt_sid is not None, resend, give_up].count(True) != 1:
        raise typer.BadParameter("Say one of --adopt SID, --resend and --give-up.")
    word = asyncio.run(_decide(message_id, adopt_sid=adopt_sid, resend=resend))
    if as_json:
        print_json({"id": message_id, "verdict": word})
        return
    results().print(f"Message {message_id}: {word.replace('_', ' ')}.")


async def _settle() -> SettlingTally:
    settings = resolve(load_settings())
    async with open_equipment(settings, needs_callbacks=False) as tools:
        return await settle_all(tools)


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
    return f"{', '.join(told)}." if told else "Nothing to settle now."


async def _read_reviews() -> Sequence[Review]:
    async with open_database(application="messages settle") as (_, engine), engine.connect() as connection:
        return await reviews(connection, most=MOST_REVIEWS)


async def _decide(message_id: int, *, adopt_sid: str | None, resend: bool) -> str:
    by = f"person:{getpass.getuser()}"
    async with open_database(application="messages settle") as (settings, engine):
        if adopt_sid is not None:
            await _adopt(settings, engine, message_id, sid=adopt_sid, by=by)
            return "adopted"
        async with engine.begin() as connection:
            if resend:
                await person.resend(connection, message_id, by=by, now=utc_now())
                return "resent"
            await person.give_up(connection, message_id, by=by, now=utc_now())
            return "given_up"


async def _adopt(settings: Settings, engine: AsyncEngine, message_id: int, *, sid: str, by: str) -> None:
    sent = await _fetch(settings, sid)
    async with engine.begin() as connection:
        await person.adopt(connection, message_id, sent, by=by, now=utc_now())


async def _fetch(settings: Settings, sid: str) -> SentMessage:
    async with TwilioMessages.open(settings) as twilio:
        sent = await twilio.history.by_sid(sid)
    if sent is None:
        raise NotItsMessage(f"Twilio has no message {sid}; look at the evidence again.")
    return sent
