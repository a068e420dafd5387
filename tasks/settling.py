"""One pass of settling: Twilio is asked about every number with a lost answer, at a set rate."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog

from messaging.errors import TidingsError
from messaging.twilio_history import HistoryUnread, TwilioHistory
from models.exclusive import Duty, exclusive
from models.settling.apply import Listed, Terms, settle_batch
from models.settling.candidates import (
    DoubtfulNumber,
    doubtful_numbers,
    lose_expired_claims,
    organizations_in_doubt,
)
from models.settling.rules import earliest_creation
from tasks.equipment import Equipment
from tasks.request_pace import RequestPace

BATCH = 100
"""Numbers settled in one transaction: five seconds of questions at the default rate."""
AT_ONCE = 10
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class SettlingTally:
    """What a pass did. `expired_claims` became doubtful; `unread` are numbers that Twilio did not tell about.

    `verdicts` counts messages: adopted, resent, review, waiting. `busy`: another process settles at this moment.
    `problems` say whose account could not be asked, and why.
    """

    busy: bool = False
    expired_claims: int = 0
    unread: int = 0
    problems: list[str] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)

    def to_json(self) -> dict[str, object]:
        """The counts for machines."""
        return {
            "busy": self.busy,
            "expired_claims": self.expired_claims,
            "unread": self.unread,
            "problems": self.problems,
            "verdicts": dict(self.verdicts),
        }


async def settle_all(tools: Equipment, *, organization_id: UUID | None = None) -> SettlingTally:
    """Settles whatever can be settled now, of one organization or of all; what was settled stays when cut short.

    Twilio is asked once a number and pass. An account's part ends early when Twilio tells nothing about a whole
    batch; the other accounts have their turn.
    """
    async with exclusive(tools.engine, Duty.SETTLING) as alone:
        tally = SettlingTally(busy=not alone)
        if not alone:
            return tally
        async with tools.engine.begin() as connection:
            tally.expired_claims = await lose_expired_claims(connection, now=tools.clock())
            in_doubt = await organizations_in_doubt(connection)
        for each in in_doubt:
            if organization_id in (None, each):
                await _settle_organization(tools, each, tally=tally)
    return tally


async def _settle_organization(tools: Equipment, organization_id: UUID, *, tally: SettlingTally) -> None:
    try:
        twilio = await tools.twilio_for(organization_id)
    except TidingsError as error:
        _log.warning("account_not_asked", organization_id=str(organization_id), reason=str(error))
        tally.problems.append(str(error))
        return
    pace = RequestPace(tools.settings.tidings_settle_requests_per_second, at_once=AT_ONCE)
    after = ""
    while numbers := await _next_numbers(tools, account_sid=twilio.account_sid, after=after):
        after = numbers[-1].phone
        listed = await _ask(twilio.history, numbers, pace=pace)
        tally.unread += len(numbers) - len(listed)
        if not listed:
            break
        async with tools.engine.begin() as connection:
            terms = _terms(tools, account_sid=twilio.account_sid)
            tally.verdicts += await settle_batch(connection, listed, terms=terms)


async def _next_numbers(tools: Equipment, *, account_sid: str, after: str) -> Sequence[DoubtfulNumber]:
    async with tools.engine.connect() as connection:
        return await doubtful_numbers(connection, account_sid=account_sid, after=after, most=BATCH)


async def _ask(
    history: TwilioHistory, numbers: Sequence[DoubtfulNumber], *, pace: RequestPace
) -> dict[str, Listed]:
    """What Twilio has for each number; those it did not tell about are left out, to be asked again later."""

    async def ask(number: DoubtfulNumber) -> Listed | None:
        async with pace:
            try:
                since = earliest_creation(number.since)
                messages = await history.to_number(number.phone, since=since)
            except HistoryUnread as error:
                _log.warning("history_unread", reason=str(error))
                return None
        return Listed(asked_at=number.asked_at, messages=messages)

    answers = await asyncio.gather(*(ask(number) for number in numbers))
    return {number.phone: answer for number, answer in zip(numbers, answers, strict=True) if answer is not None}


def _terms(tools: Equipment, *, account_sid: str) -> Terms:
    settings = tools.settings
    return Terms(
        account_sid=account_sid,
        lease=timedelta(seconds=settings.tidings_lease_seconds),
        grace=timedelta(seconds=settings.tidings_settle_grace_seconds),
        now=tools.clock(),
    )
