"""Reads what Twilio has: the messages to a number, newest first, or one by its SID.

The list is asked for by `To` alone: its DateSent filter misses messages that are not sent yet
(https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources).
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import aiohttp
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from messaging.errors import TidingsError
from messaging.twilio_transport import Exchange, current_exchange

PAGE_SIZE = 50
"""Messages in one answer; a number seldom has more than a handful within the minutes that are asked about."""

LARGEST_PAGE = 1_000
"""The most that Twilio puts into one answer."""

UNREADABLE = (
    *(TwilioException, aiohttp.ClientError, TimeoutError, OSError),
    *(ValueError, ArithmeticError, LookupError, TypeError, AttributeError),
)
"""Whatever a refusal, the network or an answer that makes no sense raises."""

OUTBOUND_API = "outbound-api"
"""Direction of messages that a program created, as against replies and calls."""


class HistoryUnread(TidingsError):
    """Twilio did not tell what it has; nothing is known, so nothing may be concluded."""


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message as Twilio keeps it. `date_created` is in whole seconds, by Twilio's clock.

    `segments` is 0 until a Messaging Service has chosen a number; `price` comes once the message is billed.
    """

    sid: str
    to: str
    body: str
    status: str
    direction: str
    messaging_service_sid: str | None
    date_created: datetime
    error_code: int | None
    num_media: int = 0
    segments: int = 0
    price: Decimal | None = None
    price_unit: str | None = None


class TwilioHistory:
    """The messages of one account, for one event loop; the caller keeps to Twilio's rate."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def to_number(self, number: str, *, since: datetime) -> list[SentMessage]:
        """Messages to an E.164 number that were created at or after `since`, newest first.

        Pages are read only while they hold messages that young. Raises `HistoryUnread`.
        """
        current_exchange.set(Exchange())
        found: list[SentMessage] = []
        try:
            async for message in await self._stream(number):
                if message.date_created < since:
                    break
                found.append(message)
        except UNREADABLE as error:
            raise HistoryUnread(f"Twilio did not list its messages: {reason(error)}; ask again later.") from error
        return found

    async def sent_between(self, begin: datetime, end: datetime) -> AsyncIterator[SentMessage]:
        """Messages that were sent from `begin` to `end`, in and out, newest first. Raises `HistoryUnread`."""
        current_exchange.set(Exchange())
        try:
            async for message in await self._client.messages.stream_async(
                date_sent_after=begin, date_sent_before=end, page_size=LARGEST_PAGE
            ):
                yield _message(message)
        except UNREADABLE as error:
            raise HistoryUnread(f"Twilio did not list its messages: {reason(error)}; ask again later.") from error

    async def by_sid(self, sid: str) -> SentMessage | None:
        """The message with this SID; None when the account has none. Raises `HistoryUnread`."""
        current_exchange.set(Exchange())
        try:
            return _message(await self._client.messages(sid).fetch_async())
        except TwilioRestException as error:
            if error.status == 404:
                return None
            raise HistoryUnread(f"Twilio did not show {sid}: {reason(error)}; ask again later.") from error
        except UNREADABLE as error:
            raise HistoryUnread(f"Twilio did not show {sid}: {reason(error)}; ask again later.") from error

    async def _stream(self, number: str) -> AsyncIterator[SentMessage]:
        stream = await self._client.messages.stream_async(to=number, page_size=PAGE_SIZE)
        return (_message(message) async for message in stream)


def _message(instance: Any) -> SentMessage:
    if not instance.sid or instance.date_created is None:
        raise ValueError("a message without sid or date_created")
    return SentMessage(
        sid=instance.sid,
        to=instance.to or "",
        body=instance.body or "",
        status=str(instance.status),
        direction=str(instance.direction),
        messaging_service_sid=instance.messaging_service_sid,
        date_created=instance.date_created,
        error_code=instance.error_code,
        num_media=int(instance.num_media or 0),
        segments=int(instance.num_segments or 0),
        price=Decimal(instance.price) if instance.price is not None else None,
        price_unit=instance.price_unit,
    )


def reason(error: Exception) -> str:
    """Why Twilio told nothing, without its own text, which may quote a number."""
    if isinstance(error, TwilioRestException):
        return f"status {error.status}, code {error.code}"
    return type(error).__name__
