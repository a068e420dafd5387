"""Reads what people wrote, from Twilio's lists: for the times in which no webhook could reach us.

One question a number of ours, newest first: the list by `To` holds nothing of what was sent
(https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources).
What the list lacks against the webhook: FromCity and its like, ProfileName, OptOutType; and media need a question
of their own (https://www.twilio.com/docs/messaging/api/media-resource).
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from twilio.rest import Client

from messaging.settings import TWILIO_LIVE_URL
from messaging.twilio_history import UNREADABLE, HistoryUnread, reason
from messaging.twilio_transport import Exchange, current_exchange

INBOUND = "inbound"
PAGE_SIZE = 200


@dataclass(frozen=True, slots=True)
class ListedInbound:
    """A message from a person as Twilio keeps it; addresses on WhatsApp begin with `whatsapp:`."""

    sid: str
    sender: str
    to: str
    body: str
    messaging_service_sid: str | None
    media_count: int
    segments: str
    date_created: datetime


@dataclass(frozen=True, slots=True)
class ListedMedium:
    """One attachment: the address that the webhook would have named, and its content type."""

    url: str
    content_type: str


class TwilioInbound:
    """The inbound messages of one account, for one event loop; the caller keeps to Twilio's rate."""

    def __init__(self, client: Client, *, base_url: str = TWILIO_LIVE_URL) -> None:
        self._client = client
        self._base_url = base_url

    async def our_numbers(self) -> list[str]:
        """The account's numbers in E.164, and its short codes. Raises `HistoryUnread`."""
        numbers = [one.phone_number async for one in _told(self._client.incoming_phone_numbers)]
        codes = [one.short_code async for one in _told(self._client.short_codes)]
        return sorted({str(one) for one in (*numbers, *codes) if one})

    async def to_us(self, our_address: str, *, since: datetime) -> list[ListedInbound]:
        """What was written to an address of ours and created at or after `since`, newest first.

        Pages are read only while they hold messages that young. Raises `HistoryUnread`.
        """
        found: list[ListedInbound] = []
        async for one in _told(self._client.messages, to=our_address):
            message = _message(one)
            if message.date_created < since:
                break
            if str(one.direction) == INBOUND:
                found.append(message)
        return found

    async def media_of(self, sid: str) -> list[ListedMedium]:
        """The attachments of a message. Raises `HistoryUnread`."""
        media = [one async for one in _told(self._client.messages(sid).media)]
        return [
            ListedMedium(f"{self._base_url}{str(one.uri).removesuffix('.json')}", one.content_type or "")
            for one in media
        ]


async def _told(resource: Any, **filters: str) -> AsyncIterator[Any]:
    """Every item of a list, page after page."""
    current_exchange.set(Exchange())
    try:
        async for one in await resource.stream_async(page_size=PAGE_SIZE, **filters):
            yield one
    except UNREADABLE as error:
        raise HistoryUnread(f"Twilio did not list what people wrote: {reason(error)}; ask again later.") from error


def _message(one: Any) -> ListedInbound:
    if not one.sid or one.date_created is None:
        raise HistoryUnread("Twilio listed a message without sid or date_created; ask again later.")
    return ListedInbound(
        sid=one.sid,
        sender=one.from_ or "",
        to=one.to or "",
        body=one.body or "",
        messaging_service_sid=one.messaging_service_sid,
        media_count=int(one.num_media or 0),
        segments=one.num_segments or "",
        date_created=one.date_created,
    )
