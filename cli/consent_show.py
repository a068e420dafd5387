"""`tidings consent show`: the story of a number's consent, for people and for their lawyers."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from rich.console import Console

from cli.contacts_person import find_person
from cli.database import open_database
from cli.messages_list import plain
from cli.output import print_json, results
from messaging.phones import parse
from models.columns import utc_now
from models.consent.explaining import Explained
from models.consent.history import LedgerEntry
from models.consent.story import SentMessage, Story, story_of
from models.quiet_hours.explained import ExplainedHours, explain_hours

_DID = {
    "opt_in": "agreed",
    "opt_out": "said no",
    "start": "wrote START",
    "ask": "was asked to confirm",
    "confirm": "confirmed",
    "expire": "did not confirm in time",
    "kept": "was read by a person: no refusal",
}
_STATES = {"opted_in": "yes", "opted_out": "no", "pending": "asked", "unknown": "nothing known"}


def show_consent(organization: str, phone: str, *, as_json: bool) -> None:
    """Prints everything. Raises what `find_person` and `open_database` do."""
    number, story, hours = asyncio.run(_read(organization, phone))
    if as_json:
        print_json({**_to_json(number, story), "hours": hours.to_json()})
        return
    console = results()
    console.print(f"{number}\n")
    _show_verdicts(console, story.verdicts)
    console.print(f"Hours of {', '.join(sorted(hours.hours.applies_to))} messages: {hours.sentence}")
    _show_entries(console, story.entries)
    _show_sent(console, story)


def _show_verdicts(console: Console, verdicts: Sequence[Explained]) -> None:
    for each in verdicts:
        answer = "would go" if each.verdict.allowed else "would not go"
        console.print(f"A {_kind(each)} {answer} now:", style="green" if each.verdict.allowed else "red")
        for sentence in each.sentences:
            console.print(f"    {sentence}")


def _kind(explained: Explained) -> str:
    facts = explained.facts
    about = f" about {facts.topic}" if facts.topic else ""
    return f"{facts.message_type} message{about} by {facts.channel}"


def _show_entries(console: Console, entries: Sequence[LedgerEntry]) -> None:
    """A few lines for each entry: in a table their evidence would be torn to pieces."""
    console.print("\nWhat was said:" if entries else "\nThe ledger has no entry of this number.")
    for entry in entries:
        console.print(f"Entry {entry.id}, {_given(entry)}", style="bold")
        before, after = _STATES[entry.state_before], _STATES[entry.state_after]
        console.print(
            f"    {_DID.get(entry.action, 'was noted')}: {_about(entry)} ({before} before, then {after})"
        )
        console.print(f"    by {entry.method.replace('_', ' ')}, {entry.source}{_recorded_by(entry)}")
        for told in _evidence(entry):
            console.print(f"    {told}")


def _about(entry: LedgerEntry) -> str:
    return f"{entry.message_type} messages about {entry.topic or 'every topic'} by {entry.channel}"


def _recorded_by(entry: LedgerEntry) -> str:
    return f"; recorded by {entry.actor}" if entry.actor else ""


def _given(entry: LedgerEntry) -> str:
    given, recorded = _when(entry.given_at), _when(entry.recorded_at)
    return given if given == recorded else f"{given}, recorded {recorded}"


def _evidence(entry: LedgerEntry) -> list[str]:
    version = f" (version {entry.wording_version})" if entry.wording_version else ""
    told = {
        "message": entry.message_sid,
        f"words{version}": entry.wording,
        "proof": entry.proof,
        "IP": entry.ip,
        "browser": entry.user_agent,
        **{name.replace("_", " "): value for name, value in entry.evidence.items()},
    }
    return [f"{name}: {value}" for name, value in told.items() if value is not None]


def _show_sent(console: Console, story: Story) -> None:
    for each in story.sent:
        since = f"since {_when(each.since)}, when its consent last changed" if each.since else "so far"
        console.print(
            f"{each.messages:,} {each.message_type} messages {since}; the last on {_when(each.last_at)}."
        )
    if not story.sent:
        console.print("\nNothing was sent since the last change.")
    for message in story.last:
        console.print(_line(message), style="red" if message.after_a_no else None)
    if story.incidents:
        ids = ", ".join(map(str, story.incidents))
        console.print(f"Sent although a no was in the ledger: {ids}.", style="bold red")


def _line(message: SentMessage) -> str:
    about = f" about {message.topic}" if message.topic else ""
    campaign = f", campaign {message.campaign}" if message.campaign else ""
    what = f"{message.message_type}{about} by {message.channel}{campaign}: {message.state}"
    return f"    Message {message.id}, {_when(message.sent_at)}, {what} ({message.twilio_sid})"


def _when(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def _to_json(number: str, story: Story) -> dict[str, Any]:
    return {
        "phone": number,
        "states": [plain(asdict(state)) for state in story.states],
        "verdicts": [
            {
                "message_type": each.facts.message_type,
                "topic": each.facts.topic,
                "channel": each.facts.channel,
                "country": each.country,
                "allowed": each.verdict.allowed,
                "refusal": each.verdict.refusal,
                "sentences": list(each.sentences),
            }
            for each in story.verdicts
        ],
        "entries": [plain(asdict(entry)) for entry in story.entries],
        "sent_since": [plain(asdict(each)) for each in story.sent],
        "last_messages": [plain(asdict(message)) for message in story.last],
        "sent_after_a_no": list(story.incidents),
    }


async def _read(organization: str, phone: str) -> tuple[str, Story, ExplainedHours]:
    async with open_database(application="consent show") as (_, engine):
        whose, number = await find_person(engine, organization, phone)
        async with engine.connect() as connection:
            now, plain_number = utc_now(), parse(number, region=None, accept="possible")
            story = await story_of(connection, number, organization_id=whose.id, now=now)
            return number, story, await explain_hours(connection, plain_number, organization_id=whose.id, at=now)
