"""Asks Twilio what was written to an organization: every number of its account, paced, and the attachments."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from messaging.twilio_history import HistoryUnread
from messaging.twilio_inbound import ListedInbound, ListedMedium, TwilioInbound
from models.gaps.listed import whatsapp_addresses
from tasks.equipment import Equipment
from tasks.request_pace import RequestPace

AT_ONCE = 10
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Listing:
    """What Twilio told, oldest message first; `unread` of the `asked` addresses it did not list."""

    messages: Sequence[ListedInbound]
    asked: int
    unread: int


async def list_inbound(
    tools: Equipment, inbound: TwilioInbound, organization_id: UUID, *, since: datetime
) -> Listing:
    """What was written to any address of the organization from `since` on.

    Raises `HistoryUnread` when Twilio does not even tell the account's numbers.
    """
    addresses = await inbound.our_numbers()
    async with tools.engine.connect() as connection:
        addresses += await whatsapp_addresses(connection, organization_id)
    pace = _pace(tools)

    async def ask(address: str) -> list[ListedInbound] | None:
        async with pace:
            try:
                return await inbound.to_us(address, since=since)
            except HistoryUnread as error:
                _log.warning("inbound_unread", reason=str(error))
                return None

    answers = await asyncio.gather(*(ask(address) for address in addresses))
    told = [answer for answer in answers if answer is not None]
    return Listing(_in_order(told), asked=len(answers), unread=len(answers) - len(told))


async def list_media(
    tools: Equipment, inbound: TwilioInbound, messages: Sequence[ListedInbound]
) -> dict[str, list[ListedMedium]]:
    """The attachments of each message that has any, by its SID. Raises `HistoryUnread`."""
    pace = _pace(tools)
    media: dict[str, list[ListedMedium]] = {}
    for message in messages:
        if message.media_count:
            async with pace:
                media[message.sid] = await inbound.media_of(message.sid)
    return media


def _pace(tools: Equipment) -> RequestPace:
    return RequestPace(tools.settings.tidings_settle_requests_per_second, at_once=AT_ONCE)


def _in_order(answers: Sequence[Sequence[ListedInbound]]) -> list[ListedInbound]:
    """As they were written: Twilio lists the newest first, by whole seconds."""
    oldest_first = [message for answer in answers for message in reversed(answer)]
    return sorted(oldest_first, key=lambda message: message.date_created)
