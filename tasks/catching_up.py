"""Closes gaps: what was written while the receiver was away is read from Twilio and handled like webhooks."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from messaging.errors import TidingsError
from messaging.twilio_inbound import ListedInbound
from messaging.twilio_messages import TwilioMessages
from models.exclusive import Duty, exclusive
from models.gaps.beats import read_receiver
from models.gaps.checks import Check, begin_checks, due_checks, finish_check
from models.gaps.holding import hold_marketing
from models.gaps.listed import keep_listed, unknown_sids
from models.webhook_replay import Fate, replay
from tasks.equipment import Equipment
from tasks.inbound_listing import list_inbound, list_media

UNDER_WAY = timedelta(minutes=1)
"""A message this young may have its webhook under way, which alone can carry an automatic answer back."""
LONGEST_HOLD_SECONDS = 3600.0
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class CatchUpTally:
    """What one pass did. `missed`: messages that no webhook had brought; `fates`: what became of them.

    `unread`: numbers of ours that Twilio did not list; `problems`: sentences for people. `busy`: another process
    compares at this moment.
    """

    busy: bool = False
    organizations: int = 0
    missed: int = 0
    unread: int = 0
    held: int = 0
    fates: Counter[Fate] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, object]:
        """The counts for machines."""
        counts = {"organizations": self.organizations, "missed": self.missed, "unread": self.unread}
        fates = {fate.value: self.fates[fate] for fate in Fate}
        return {"busy": self.busy, **counts, "held": self.held, **fates, "problems": self.problems}


async def catch_up(
    tools: Equipment,
    *,
    gaps_only: bool = False,
    since: datetime | None = None,
    organization_id: UUID | None = None,
) -> CatchUpTally:
    """Compares what is due with Twilio's list; with `since` every organization, or the one named, from then on.

    `gaps_only`: just those for which the receiver was away. What could not be compared then is due again at once,
    and its marketing is held.
    """
    async with exclusive(tools.engine, Duty.CATCHING_UP) as alone:
        tally = CatchUpTally(busy=not alone)
        if not alone:
            return tally
        async with tools.engine.begin() as connection:
            await begin_checks(connection)
            every = None if gaps_only else tools.settings.tidings_inbound_check_seconds
            checks = await due_checks(connection, every=every, since=since, only=organization_id)
        for check in checks:
            tally.organizations += 1
            by_hand = since is not None
            if not await _compare(tools, check, tally=tally, until=None if by_hand or check.is_gap else UNDER_WAY):
                await _hold(tools, check, tally=tally)
    if tally.missed or tally.problems:
        _log.warning("inbound_messages_caught_up", **tally.to_json())
    return tally


async def _compare(tools: Equipment, check: Check, *, tally: CatchUpTally, until: timedelta | None) -> bool:
    """Whether every number of the organization was compared, and whatever was missing is handled or kept."""
    try:
        twilio = await tools.twilio_for(check.organization_id)
        listing = await list_inbound(tools, twilio.inbound, check.organization_id, since=check.since)
        newest = check.asked_at - until if until is not None else None
        listed = [one for one in listing.messages if newest is None or one.date_created <= newest]
        await _take_in(tools, twilio, listed, tally=tally)
    except TidingsError as error:
        tally.problems.append(str(error))
        return False
    if listing.unread:
        tally.unread += listing.unread
        tally.problems.append(f"Twilio did not list {listing.unread} of {listing.asked} numbers; ask again later.")
        return False
    async with tools.engine.begin() as connection:
        await finish_check(connection, check, complete_until=check.asked_at - UNDER_WAY)
    return True


async def _take_in(
    tools: Equipment, twilio: TwilioMessages, listed: Sequence[ListedInbound], *, tally: CatchUpTally
) -> None:
    """Handles what is not here yet. Raises `HistoryUnread` when Twilio does not tell of attachments."""
    async with tools.engine.connect() as connection:
        unknown = await unknown_sids(connection, [one.sid for one in listed])
    missed = [one for one in listed if one.sid in unknown]
    if not missed:
        return
    media = await list_media(tools, twilio.inbound, missed)
    async with tools.engine.begin() as connection:
        ids = await keep_listed(connection, missed, media=media, account_sid=twilio.account_sid)
    tally.missed += len(ids)
    for event_id in ids:
        async with tools.engine.begin() as connection:
            tally.fates[await replay(connection, event_id, now=tools.clock())] += 1


async def _hold(tools: Equipment, check: Check, *, tally: CatchUpTally) -> None:
    """Holds marketing until the next sweep has asked again, for an hour from the gap at most."""
    async with tools.engine.begin() as connection:
        receiver = await read_receiver(connection)
        if not check.is_gap or receiver is None:
            return
        if (receiver.seconds_silent if receiver.is_away else receiver.seconds_up) < LONGEST_HOLD_SECONDS:
            seconds = 2 * tools.settings.tidings_sweep_seconds
            tally.held += await hold_marketing(
                connection, check.organization_id, seconds=seconds, now=tools.clock()
            )
