"""Creates messages at Twilio through its SDK, and says of each request which class of outcome it had."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from messaging.addresses import is_service
from messaging.outcomes import ACCEPTED, MAYBE_SENT, NOT_SENT, Outcome, Verdict, classify_rejection
from messaging.retry_after import seconds_to_wait
from messaging.statuses import TWILIO_STATUSES
from messaging.twilio_account import TwilioAccount
from messaging.twilio_erasing import TwilioErasing
from messaging.twilio_history import TwilioHistory
from messaging.twilio_inbound import TwilioInbound
from messaging.twilio_scheduled import TwilioScheduled
from messaging.twilio_transport import Exchange, HeldBack, TwilioTransport, current_exchange

_MESSAGE_SID = re.compile(r"(SM|MM)[0-9a-f]{32}")
_NEVER_REACHED = (aiohttp.ClientError, TimeoutError, OSError)


class TwilioMessages:
    """The Messages resource of one account, for one event loop; several accounts may share a transport."""

    def __init__(self, account: TwilioAccount, transport: TwilioTransport) -> None:
        self.account_sid = account.sid
        self._client = Client(*account.login, self.account_sid, http_client=transport)
        self.history = TwilioHistory(self._client)
        self.erasing = TwilioErasing(self._client)
        self.inbound = TwilioInbound(self._client, base_url=transport.base_url)
        self.scheduled = TwilioScheduled(self._client)

    async def send(
        self,
        *,
        to: str,
        sender: str,
        body: str,
        media: Sequence[str] = (),
        status_callback: str,
        validity_seconds: int | None,
        send_at: datetime | None = None,
        gate: Callable[[], Awaitable[bool]],
    ) -> Outcome | None:
        """Makes one request, after `gate` said yes with the connection in hand; None when it said no.

        `to` is an address as `messaging.addresses` writes it, `sender` one too, or a Messaging Service's SID. With
        `send_at` Twilio keeps the message until then, for a Messaging Service alone: of another sender it would
        drop the time and send at once. Raises `ValueError` for that.
        Never raises for what Twilio or the network does: that is the outcome.
        """
        exchange = Exchange(gate=gate)
        current_exchange.set(exchange)
        options = _options(sender=sender, body=body, media=media, validity_seconds=validity_seconds)
        options |= _schedule(send_at, sender=sender)
        try:
            made = await self._client.messages.create_async(to=to, status_callback=status_callback, **options)
        except HeldBack:
            return None
        except TwilioException as error:
            return _refused(error, exchange)
        except Exception as error:
            if exchange.begun:  # a time-out, a reset, an answer that is no JSON: it may have been sent
                return _unclear(exchange)
            if isinstance(error, _NEVER_REACHED):
                return _outcome(NOT_SENT, exchange)
            raise
        return _created(made.sid, made.status, exchange)


def _options(*, sender: str, body: str, media: Sequence[str], validity_seconds: int | None) -> dict[str, Any]:
    options: dict[str, Any] = {"messaging_service_sid" if is_service(sender) else "from_": sender}
    if body:
        options["body"] = body
    if media:
        options["media_url"] = list(media)
    if validity_seconds is not None:
        options["validity_period"] = validity_seconds
    return options


def _schedule(send_at: datetime | None, *, sender: str) -> dict[str, Any]:
    """The SDK writes a time as it stands, in whole seconds and as UTC."""
    if send_at is None:
        return {}
    if not is_service(sender):
        raise ValueError("only a Messaging Service can send at a later time")
    whole = send_at.astimezone(UTC) + timedelta(microseconds=-send_at.microsecond % 1_000_000)
    return {"schedule_type": "fixed", "send_at": whole}


def _created(sid: object, status: object, exchange: Exchange) -> Outcome:
    if not isinstance(sid, str) or not _MESSAGE_SID.fullmatch(sid) or status not in TWILIO_STATUSES:
        return _outcome(MAYBE_SENT, exchange)
    return replace(_outcome(ACCEPTED, exchange), sid=sid, status=str(status))


def _refused(error: TwilioException, exchange: Exchange) -> Outcome:
    http_status = exchange.http_status or 0
    code = getattr(error, "code", None)
    spoken = code if isinstance(code, int) and code != http_status else None
    return _outcome(
        classify_rejection(http_status=http_status, code=spoken, retry_after=_retry_after(exchange)), exchange
    )


def _unclear(exchange: Exchange) -> Outcome:
    """A 429 was never processed, whatever else its answer says; of anything else we cannot know."""
    if exchange.http_status == 429:
        verdict = classify_rejection(http_status=429, code=None, retry_after=_retry_after(exchange))
        return _outcome(verdict, exchange)
    return _outcome(replace(MAYBE_SENT, retry_after=_retry_after(exchange)), exchange)


def _outcome(verdict: Verdict, exchange: Exchange) -> Outcome:
    return Outcome.of(
        verdict, http_status=exchange.http_status, request_id=exchange.headers.get("twilio-request-id")
    )


def _retry_after(exchange: Exchange) -> float | None:
    return seconds_to_wait(exchange.headers.get("retry-after", ""), now=datetime.now(UTC))
