"""The addresses that Twilio calls; the one for a message's status carries our own message id.

So a report completes a message even when the answer with its SID was lost. The fragment asks Twilio to repeat a
failed call five times, whatever the failure (twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs

STATUS_PATH = "/webhooks/twilio/status"
INBOUND_PATH = "/webhooks/twilio/inbound"
RETRIES = "rc=5&rp=all"

_MESSAGE_ID = re.compile(r"[1-9][0-9]{0,17}")
_TRACE = re.compile(r"(?:^|&)t=(00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2})(?:&|$)")
_ATTEMPT = re.compile(r"[1-9][0-9]{0,3}")  # fits the smallint it is compared with


@dataclass(frozen=True, slots=True)
class CallbackRef:
    """Which of our messages, and which attempt at it, a status report is about."""

    message_id: int
    attempt: int


def status_callback_url(
    public_base_url: str, *, message_id: int, attempt: int, traceparent: str | None = None
) -> str:
    """The StatusCallback of one attempt at a message, and of the trace that it belongs to."""
    trace = "" if traceparent is None else f"&t={traceparent}"
    return f"{public_base_url.rstrip('/')}{STATUS_PATH}?m={message_id}&a={attempt}{trace}#{RETRIES}"


def inbound_webhook_url(public_base_url: str) -> str:
    """Where Twilio is to post what people write, with the same repeats: a STOP must not get lost."""
    return f"{public_base_url.rstrip('/')}{INBOUND_PATH}#{RETRIES}"


def parse_status_query(query: str) -> CallbackRef | None:
    """What `status_callback_url` put into the query, or None where it is missing or malformed."""
    values = parse_qs(query, keep_blank_values=True, max_num_fields=None)
    message_id, attempt = values.get("m", []), values.get("a", [])
    if len(message_id) != 1 or len(attempt) != 1:
        return None
    if not _MESSAGE_ID.fullmatch(message_id[0]) or not _ATTEMPT.fullmatch(attempt[0]):
        return None
    return CallbackRef(message_id=int(message_id[0]), attempt=int(attempt[0]))


def traceparent_in(query: str) -> str | None:
    """The trace that `status_callback_url` put into the query."""
    found = _TRACE.search(query)
    return found[1] if found else None
