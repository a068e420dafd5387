"""What the commands of `tidings consent review` do."""

import asyncio
import getpass
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

import typer
from rich.table import Table

from cli.database import open_database
from cli.messages_list import number, plain
from cli.output import print_json, results
from messaging.errors import TidingsError
from models.columns import utc_now
from models.conversations.reading import ThreadMessage, read_thread
from models.organizations import find_organization
from models.reviews.deciding import AlreadyDecided, Decision
from models.reviews.deciding import decide as write_decision
from models.reviews.listing import ReviewLine, count_open, list_reviews
from models.reviews.tables import ReviewState

_MOST = 1_000
_SHOWN = 6
"""So many of the conversation's latest messages are shown above the question."""

_ASK = "Was it a refusal? (y)es, opt out · (n)o, keep · (l)ater · (q)uit"
_MEANS = {"y": ReviewState.OPTED_OUT, "n": ReviewState.KEPT}
_DONE = {ReviewState.OPTED_OUT: "opted out of everything", ReviewState.KEPT: "kept; marketing goes on"}


def show_reviews(organization: str, *, every: bool, show_numbers: bool, limit: int, as_json: bool) -> None:
    """Prints reviews. Raises `NoSuchOrganization`, and what `open_database` does."""
    state = None if every else ReviewState.OPEN
    lines = asyncio.run(_lines(organization, state=state, most=limit))
    if as_json:
        print_json({"reviews": [_to_json(line, show_numbers=show_numbers) for line in lines]})
        return
    if not lines:
        results().print("There is nothing to decide.")
        return
    table = Table("Id", "Number", "Since", "Text", "Why", "Held", *(["Decided"] if every else []))
    for line in lines:
        since = line.opened_at.isoformat(timespec="seconds")
        phone = number(line.phone, show=show_numbers)
        cells = [str(line.id), phone, since, line.body or "", line.why, str(line.held or "")]
        table.add_row(*cells, *([_decided(line)] if every else []))
    results().print(table)


def count_waiting() -> int | None:
    """How many texts wait, of all organizations; None while the database does not answer."""
    try:
        return asyncio.run(_count())
    except TidingsError:
        return None


def decide_one(organization: str, review_id: int, *, keep: bool, actor: str | None, as_json: bool) -> None:
    """Writes one decision. Raises `NoSuchReview`, `AlreadyDecided`, and as `show_reviews`."""
    state = ReviewState.KEPT if keep else ReviewState.OPTED_OUT
    asyncio.run(_decide(organization, review_id, state=state, actor=actor or getpass.getuser()))
    if as_json:
        print_json({"id": review_id, "state": state.value})
    else:
        results().print(f"Review {review_id}: {_DONE[state]}.")


def ask_for_each(organization: str) -> None:
    """Shows each open review with the end of its conversation, and asks. Raises as `show_reviews`."""
    lines = asyncio.run(_lines(organization, state=ReviewState.OPEN, most=_MOST))
    for place, line in enumerate(lines, start=1):
        _show_one(organization, line, place=place, of=len(lines))
        said = typer.prompt(_ASK, prompt_suffix=" ").strip().lower()[:1]
        if said == "q":
            return
        if said in _MEANS:
            _decide_if_open(organization, line.id, state=_MEANS[said])
    results().print("Nothing else waits." if lines else "There is nothing to decide.")


def _show_one(organization: str, line: ReviewLine, *, place: int, of: int) -> None:
    results().rule(f"{place} of {of}", align="left")
    if line.conversation_id is not None:
        for message in reversed(asyncio.run(_thread(organization, line.conversation_id))):
            mark = "→" if message.direction == "outbound" else "←"
            doubtful = "   <- this one" if message.id == line.message_id else ""
            results().print(f"  {mark} {message.body or ''}{doubtful}", markup=False, highlight=False)
    results().print(f"{number(line.phone, show=False)}, {line.why}; {line.held} messages wait.", markup=False)


def _decide_if_open(organization: str, review_id: int, *, state: ReviewState) -> None:
    try:
        asyncio.run(_decide(organization, review_id, state=state, actor=getpass.getuser()))
        results().print(f"{_DONE[state].capitalize()}.")
    except AlreadyDecided as decided:  # the person, or a colleague, while this one was looked at
        results().print(str(decided))


def _to_json(line: ReviewLine, *, show_numbers: bool) -> dict[str, Any]:
    conversation = str(line.conversation_id) if line.conversation_id else None
    return plain({**asdict(line), "phone": number(line.phone, show=show_numbers), "conversation_id": conversation})


def _decided(line: ReviewLine) -> str:
    return f"{line.state} by {line.decided_by}" if line.decided_by else line.state


async def _count() -> int:
    async with open_database(application="status") as (_, engine), engine.connect() as connection:
        return await count_open(connection)


async def _lines(organization: str, *, state: ReviewState | None, most: int) -> Sequence[ReviewLine]:
    async with open_database(application="consent review") as (_, engine), engine.connect() as connection:
        organization_id = (await find_organization(connection, organization)).id
        return await list_reviews(connection, organization_id, state=state, most=most)


async def _thread(organization: str, conversation_id: UUID) -> Sequence[ThreadMessage]:
    async with open_database(application="consent review") as (_, engine), engine.connect() as connection:
        organization_id = (await find_organization(connection, organization)).id
        return await read_thread(connection, organization_id, conversation_id, most=_SHOWN)


async def _decide(organization: str, review_id: int, *, state: ReviewState, actor: str) -> None:
    async with open_database(application="consent review") as (_, engine), engine.begin() as connection:
        organization_id = (await find_organization(connection, organization)).id
        decision = Decision(review_id=review_id, state=state, actor=actor)
        await write_decision(connection, decision, organization_id=organization_id, now=utc_now())
