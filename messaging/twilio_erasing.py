"""Deletes at Twilio what it keeps of one person: messages to and from them, and their media.

https://www.twilio.com/docs/messaging/api/message-resource#delete-a-message-resource: only a message that has
come to its end can be deleted; its media have to be deleted first, for they stay behind otherwise
(https://www.twilio.com/docs/messaging/api/media-resource#delete-a-media-resource).
"""

from typing import Any

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from messaging.errors import TidingsError
from messaging.twilio_history import UNREADABLE, reason
from messaging.twilio_transport import Exchange, current_exchange

PAGE_SIZE = 200
_GONE = 404
_UNDER_WAY = (400, 409)
_NOT_YET = 20009


class NotErased(TidingsError):
    """Twilio did not list or delete something; what was deleted before stays deleted."""


class TwilioErasing:
    """The messages of one account, for one event loop; the caller keeps to Twilio's rate."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def sids_of(self, address: str) -> list[str]:
        """The SIDs of all messages to and from an address (a number, or whatsapp:number). Raises `NotErased`."""
        found = [one for way in ("to", "from_") for one in await self._listed(way, address)]
        return list(dict.fromkeys(found))

    async def delete(self, sid: str) -> bool:
        """Deletes a message with its media; False when it has not come to its end yet. Raises `NotErased`."""
        current_exchange.set(Exchange())
        message = self._client.messages(sid)
        try:
            for medium in await message.media.list_async():
                await self._client.messages(sid).media(medium.sid).delete_async()
            await message.delete_async()
        except TwilioRestException as error:
            if error.status == _GONE:
                return True
            if error.status in _UNDER_WAY and error.code == _NOT_YET:
                return False
            raise _refused(error) from error
        except UNREADABLE as error:
            raise _refused(error) from error
        return True

    async def _listed(self, way: str, address: str) -> list[str]:
        current_exchange.set(Exchange())
        filters: dict[str, Any] = {way: address, "page_size": PAGE_SIZE}
        try:
            return [str(one.sid) async for one in await self._client.messages.stream_async(**filters)]
        except UNREADABLE as error:
            raise _refused(error) from error


def _refused(error: Exception) -> NotErased:
    return NotErased(f"Twilio did not delete everything: {reason(error)}; run the same command again later.")
