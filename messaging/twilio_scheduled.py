"""Cancels at Twilio what it keeps for later.

https://www.twilio.com/docs/messaging/features/message-scheduling#cancel-a-scheduled-message: `Status=canceled`, as
long as the message has not left. Asking again does no harm, so a lost answer is simply asked for again.
"""

from enum import StrEnum

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from messaging.statuses import MessageState
from messaging.twilio_history import UNREADABLE
from messaging.twilio_transport import Exchange, current_exchange

_REFUSALS = range(400, 500)
_NO_REFUSALS = (401, 403, 408, 429)
"""Of the client errors those that say nothing about the message."""


class Cancellation(StrEnum):
    """What came of asking Twilio to cancel a message."""

    CANCELED = "canceled"
    REFUSED = "refused"
    """It is canceled already, or has left, or is not there: its status tells which (code 30409, 20404)."""
    UNANSWERED = "unanswered"
    """Nobody knows; to be asked again."""


class TwilioScheduled:
    """The messages that one account keeps for later, for one event loop; the caller keeps to Twilio's rate."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def cancel(self, sid: str) -> Cancellation:
        """Asks Twilio not to send the message. Never raises for what Twilio or the network does."""
        current_exchange.set(Exchange())
        try:
            told = await self._client.messages(sid).update_async(status=MessageState.CANCELED.value)
        except TwilioRestException as error:
            refused = error.status in _REFUSALS and error.status not in _NO_REFUSALS
            return Cancellation.REFUSED if refused else Cancellation.UNANSWERED
        except UNREADABLE:
            return Cancellation.UNANSWERED
        return Cancellation.CANCELED if told.status == MessageState.CANCELED.value else Cancellation.UNANSWERED
