"""Reads a create request and refuses what Twilio refuses, with Twilio's codes.

Parameters: https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
"""

import json
import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from simulator.business_time import BusinessTime
from simulator.dates import parse_moment
from simulator.errors import TwilioError
from simulator.messages import Message
from simulator.numbers import checked_from, checked_to
from simulator.settings import Settings

Form = Mapping[str, Sequence[str]]
MAX_BODY = 1_600
MAX_MEDIA = 10
MAX_VALIDITY = 36_000
SCHEDULE_SECONDS = (300, 35 * 86_400)


def first(form: Form, name: str) -> str:
    """The first value of a form field, empty when it is missing."""
    values = form.get(name)
    return values[0] if values else ""


def read_message(form: Form, *, settings: Settings, account_sid: str) -> Message:
    """The message a create request asks for, not yet kept. Raises `TwilioError` as Twilio would."""
    to, service, given_from = first(form, "To"), first(form, "MessagingServiceSid"), first(form, "From")
    if not to:
        raise TwilioError(21604)
    if not service and not given_from:
        raise TwilioError(21603)
    _check_content(form)
    recipient = checked_to(to)
    sender = checked_from(given_from, owned=settings.owned_numbers) if given_from else None
    _check_service(service, settings=settings)
    if sender == recipient:
        raise TwilioError(21266, recipient)
    send_at = _send_at(form, settings.business_time)
    return Message(
        account_sid=account_sid,
        to=recipient,
        sender=sender,
        body=first(form, "Body"),
        direction="outbound-api",
        status="scheduled" if send_at else "accepted" if service else "queued",
        service_sid=service or None,
        media=list(form.get("MediaUrl", ())),
        callback_url=_callback_url(form),
        validity=_validity(form),
        send_at=send_at,
    )


def _check_content(form: Form) -> None:
    body, media, content = first(form, "Body"), form.get("MediaUrl", ()), first(form, "ContentSid")
    if not (body or media or content):
        raise TwilioError(21602)
    if len(body) > MAX_BODY:
        raise TwilioError(21617)
    if len(media) > MAX_MEDIA:
        raise TwilioError(21623)
    for url in media:
        if not is_web_address(url):
            raise TwilioError(21620, url)
    if content and not re.fullmatch("HX[0-9a-fA-F]{32}", content):
        raise TwilioError(21655, content)
    _check_variables(first(form, "ContentVariables"))


def _check_variables(text: str) -> None:
    """Content variables are one JSON object of strings."""
    if not text:
        return
    try:
        variables = json.loads(text)
    except ValueError:
        raise TwilioError(21656) from None
    if not isinstance(variables, dict) or not all(isinstance(value, str) for value in variables.values()):
        raise TwilioError(21656)


def _check_service(service: str, *, settings: Settings) -> None:
    known = settings.messaging_services
    if service and (
        not re.fullmatch("MG[0-9a-fA-F]{32}", service) or (known is not None and service not in known)
    ):
        raise TwilioError(21705, service)


def _callback_url(form: Form) -> str | None:
    url = first(form, "StatusCallback")
    if url and not is_web_address(url):
        raise TwilioError(21609, url)
    return url or None


def is_web_address(url: str) -> bool:
    """Whether the text is an http(s) address with a host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _validity(form: Form) -> float:
    text = first(form, "ValidityPeriod") or str(MAX_VALIDITY)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_VALIDITY):
        raise TwilioError(21624, text)
    return float(text)


def _send_at(form: Form, time: BusinessTime) -> float | None:
    kind, text = first(form, "ScheduleType"), first(form, "SendAt")
    if not kind:
        if text:
            raise TwilioError(35119)
        return None
    if kind != "fixed":
        raise TwilioError(35126, kind)
    if not text:
        raise TwilioError(35111)
    if not first(form, "MessagingServiceSid"):
        raise TwilioError(35118)
    return _within_schedule(text, time)


def _within_schedule(text: str, time: BusinessTime) -> float:
    earliest, latest = SCHEDULE_SECONDS
    try:
        moment = parse_moment(text).timestamp()
    except ValueError:
        raise TwilioError(35115, text) from None
    if not earliest < moment - time.now() <= latest:
        raise TwilioError(35115, text)
    return moment
