"""Cancels at Twilio what it keeps for later and nobody wants sent any more, the soonest first.

Twilio does not do it by itself, not even for who said STOP. What it does not confirm stays marked, and is asked
again by the next pass: to cancel twice does no harm.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from uuid import UUID

import structlog

from messaging.errors import TidingsError
from messaging.twilio_messages import TwilioMessages
from models.exclusive import Duty, exclusive
from models.messages.at_twilio.canceling import Unwanted, next_unwanted, note_left, organizations_with_kept
from models.messages.at_twilio.unwanted import withdraw_unwanted
from models.messages.status_reports import StatusReport
from models.messages.statuses import apply_statuses
from tasks.alarms import sound
from tasks.equipment import Equipment
from tasks.fates_at_twilio import fate_of
from tasks.request_pace import RequestPace

BATCH = 100
AT_ONCE = 10
PER_SECOND = 50.0
LONGEST_SECONDS = 45.0
"""What is not asked within this time is for the next pass, which begins with the soonest again."""
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class CancelTally:
    """What a pass did. `busy`: another process does the same at this moment.

    `withdrawn` were taken back by it; Twilio confirmed `canceled`, said nothing of `unanswered`, and `too_late`
    are such that left all the same.
    """

    busy: bool = False
    withdrawn: int = 0
    canceled: int = 0
    unanswered: int = 0
    too_late: int = 0


async def cancel_withdrawn(tools: Equipment, *, within: timedelta | None = None) -> CancelTally:
    """One pass over all organizations; with `within` it looks for noes only to what leaves by then."""
    async with exclusive(tools.engine, Duty.CANCELING) as alone:
        tally = CancelTally(busy=not alone)
        if not alone:
            return tally
        async with tools.engine.connect() as connection:
            organizations = await organizations_with_kept(connection)
        until = monotonic() + LONGEST_SECONDS
        for organization_id in organizations:
            async with tools.engine.begin() as connection:
                now = tools.clock()
                tally.withdrawn += await withdraw_unwanted(connection, organization_id, now=now, within=within)
            await cancel_of(tools, organization_id, until=until, tally=tally)
        await _tell_of_left(tools, tally)
    return tally


async def cancel_of(
    tools: Equipment, organization_id: UUID, *, contact_id: int | None = None, until: float, tally: CancelTally
) -> None:
    """Cancels what is marked of an organization, or of one contact; ends early when Twilio answers nothing."""
    pace = RequestPace(PER_SECOND, at_once=AT_ONCE)
    last: Unwanted | None = None
    while monotonic() < until:
        async with tools.engine.connect() as connection:
            batch = await next_unwanted(
                connection, organization_id, now=tools.clock(), after=last, contact_id=contact_id, most=BATCH
            )
        if not batch:
            return
        last = batch[-1]
        if not await _cancel_batch(tools, organization_id, batch, pace=pace, tally=tally):
            return


async def _cancel_batch(
    tools: Equipment, organization_id: UUID, batch: Sequence[Unwanted], *, pace: RequestPace, tally: CancelTally
) -> bool:
    """Whether Twilio answered at all."""
    try:
        twilio = await tools.twilio_for(organization_id)
    except TidingsError as error:
        _log.warning("account_not_asked", organization_id=str(organization_id), reason=str(error))
        tally.unanswered += len(batch)
        return False
    reports = await _ask(twilio, batch, pace=pace)
    tally.unanswered += len(batch) - len(reports)
    async with tools.engine.begin() as connection:
        applied = await apply_statuses(connection, reports, now=tools.clock())
    sound(tools, applied.alarms)
    tally.canceled += sum(report.status == "canceled" for report in reports)
    return bool(reports)


async def _ask(twilio: TwilioMessages, batch: Sequence[Unwanted], *, pace: RequestPace) -> list[StatusReport]:
    async def ask(message: Unwanted) -> StatusReport | None:
        async with pace:
            return await fate_of(twilio, message.twilio_sid)

    answers = await asyncio.gather(*(ask(message) for message in batch))
    return [answer for answer in answers if answer is not None]


async def _tell_of_left(tools: Equipment, tally: CancelTally) -> None:
    async with tools.engine.begin() as connection:
        tally.too_late = await note_left(connection, now=tools.clock())
    if tally.too_late:
        _log.error("sent_though_withdrawn", messages=tally.too_late)
