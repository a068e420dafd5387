"""What a webhook answers an inbound message with: TwiML, built with Twilio's own library.

https://www.twilio.com/docs/messaging/twiml
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from twilio.twiml.messaging_response import MessagingResponse

NO_REPLY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
"""TwiML that sends nothing."""

_NOT_IN_XML = re.compile(
    "[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)  # https://www.w3.org/TR/xml/#charsets


@dataclass(frozen=True, slots=True)
class Reply:
    """One message of an answer. Twilio reports its statuses, and with them its SID, to `status_callback`."""

    body: str
    media: Sequence[str] = ()
    status_callback: str | None = None


def sayable(text: str) -> str:
    """The text as XML can carry it: line ends as "\\n", and no control characters."""
    return _NOT_IN_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def answer_with(replies: Sequence[Reply], *, redirect: str | None = None) -> str:
    """TwiML that sends the replies in their order, then hands the message on to another address.

    Bodies must be `sayable`. The helper library calls the address for statuses `action`; `statusCallback` is its
    older name (https://www.twilio.com/docs/messaging/twiml/message#attributes).
    """
    if not replies and redirect is None:
        return NO_REPLY
    response = MessagingResponse()
    for reply in replies:
        message = response.message(action=reply.status_callback)
        if reply.body:
            message.body(reply.body)
        for url in reply.media:
            message.media(url)
    if redirect is not None:
        response.redirect(redirect)
    return str(response)
