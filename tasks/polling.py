"""Looks up messages whose final status never came: paced, in batches, a few times each, then never again."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

import structlog

from messaging.errors import TidingsError
from messaging.twilio_history import HistoryUnread, SentMessage, TwilioHistory
from messaging.twilio_messages import TwilioMessages
from models.exclusive import Duty, exclusive
from models.polling.candidates import Overdue, mark_looked_up, organizations_with_account, overdue_messages
from models.polling.facts import write_facts
from tasks.alarms import sound
from tasks.equipment import Equipment
from tasks.request_pace import RequestPace

BATCH = 100
AT_ONCE = 10
LONGEST_SECONDS = 30.0
"""What is not looked up within this time is for the next sweep."""
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class PollTally:
    """What one pass did: messages looked up, of them changed, and such that Twilio did not tell about."""

    busy: bool = False
    looked_up: int = 0
    changed: int = 0
    unread: int = 0


async def poll_statuses(tools: Equipment) -> PollTally:
    """One pass over all organizations; an account's part ends early when Twilio tells nothing about a batch."""
    async with exclusive(tools.engine, Duty.POLLING) as alone:
        tally = PollTally(busy=not alone)
        if not alone:
            return tally
        async with tools.engine.connect() as connection:
            organizations = await organizations_with_account(connection)
        until = monotonic() + LONGEST_SECONDS
        for organization_id in organizations:
            await _poll_organization(tools, organization_id, until=until, tally=tally)
    return tally


async def _poll_organization(tools: Equipment, organization_id: UUID, *, until: float, tally: PollTally) -> None:
    pace = RequestPace(tools.settings.tidings_settle_requests_per_second, at_once=AT_ONCE)
    twilio: TwilioMessages | None = None
    after = 0
    while monotonic() < until and (batch := await _next(tools, organization_id, after=after)):
        after = batch[-1].id
        try:
            twilio = twilio or await tools.twilio_for(organization_id)
        except TidingsError as error:
            _log.warning("account_not_asked", organization_id=str(organization_id), reason=str(error))
            return
        answers = await _ask(twilio.history, batch, pace=pace)
        tally.unread += len(batch) - len(answers)
        if not answers:
            return
        await _write(tools, twilio.account_sid, answers, tally=tally)


async def _next(tools: Equipment, organization_id: UUID, *, after: int) -> Sequence[Overdue]:
    first_wait = tools.settings.tidings_poll_hours * 3600
    async with tools.engine.connect() as connection:
        return await overdue_messages(connection, organization_id, first_wait=first_wait, after=after, most=BATCH)


async def _ask(
    history: TwilioHistory, batch: Sequence[Overdue], *, pace: RequestPace
) -> list[tuple[Overdue, SentMessage | None]]:
    """What Twilio tells of each, None where it has no such message (any more); others are asked again later."""

    async def ask(message: Overdue) -> tuple[Overdue, SentMessage | None] | None:
        async with pace:
            try:
                return message, await history.by_sid(message.twilio_sid)
            except HistoryUnread as error:
                _log.warning("history_unread", reason=str(error))
                return None

    answers = await asyncio.gather(*(ask(message) for message in batch))
    return [answer for answer in answers if answer is not None]


async def _write(
    tools: Equipment, account_sid: str, answers: Sequence[tuple[Overdue, SentMessage | None]], *, tally: PollTally
) -> None:
    found = [sent for _, sent in answers if sent is not None]
    async with tools.engine.begin() as connection:
        applied = await write_facts(connection, found, account_sid=account_sid, now=tools.clock())
        await mark_looked_up(connection, [message for message, _ in answers])
    sound(tools, applied.alarms)
    tally.looked_up += len(answers)
    tally.changed += applied.messages_changed
