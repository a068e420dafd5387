"""What Twilio posts while a campaign is sent: statuses in any order, some twice, and people who write back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from urllib.parse import urlencode, urlsplit

from benchmarks.webhooks.signing import sign

STATUS_PATH = "/webhooks/twilio/status"
INBOUND_PATH = "/webhooks/twilio/inbound"
_TWICE = 0.05
_INBOUND = 0.05
_UNDELIVERED = 0.03
_NEARBY = 60
"""A callback may be overtaken by about so many others."""


@dataclass(frozen=True, slots=True)
class Source:
    """The account that calls, with its token, our Messaging Service, and the address it calls us by."""

    account_sid: str
    auth_token: str
    service_sid: str
    public_url: str


@dataclass(frozen=True, slots=True)
class Call:
    """One webhook, ready to be written to a connection; `status` is empty for an inbound message."""

    request: bytes
    sid: str
    status: str = ""
    body: str = ""


def message_sid(number: int) -> str:
    """The SID of the message with this id."""
    return f"SM{number:032x}"


def traffic(source: Source, *, messages: int, seed: int, first: int = 1) -> list[Call]:
    """The calls about so many messages, which have the ids from `first` on: about 3.3 a message."""
    random = Random(seed)  # noqa: S311 (the same traffic for each contestant)
    calls = [
        (place * 3 + random.uniform(0, _NEARBY), call)
        for place, number in enumerate(range(first, first + messages))
        for call in _about(source, number, random)
    ]
    return [call for _, call in sorted(calls, key=lambda each: each[0])]


def _about(source: Source, number: int, random: Random) -> Iterator[Call]:
    last = "undelivered" if random.random() < _UNDELIVERED else "delivered"
    for status in ("queued", "sent", last):
        call = _status(source, number, status)
        yield call
        if random.random() < _TWICE:
            yield call
    if random.random() < 3 * _INBOUND:
        yield _inbound(source, number, random)


def _status(source: Source, number: int, status: str) -> Call:
    sid = message_sid(number)
    pairs = [
        ("ApiVersion", "2010-04-01"),
        ("MessageStatus", status),
        ("RawDlrDoneDate", "2611211520"),
        ("SmsSid", sid),
        ("SmsStatus", status),
        ("To", _person(number)),
        ("From", "+12025550100"),
        ("MessageSid", sid),
        ("MessagingServiceSid", source.service_sid),
        ("AccountSid", source.account_sid),
    ]
    if status == "undelivered":
        pairs.append(("ErrorCode", "30005"))
    return Call(_request(source, f"{STATUS_PATH}?m={number}&a=1", pairs), sid, status)


def _inbound(source: Source, number: int, random: Random) -> Call:
    sid = f"SM{number | 1 << 100:032x}"
    body = random.choice(["STOP", "Thank you!", "Who is this?", "Yes please, on Friday at five"])
    pairs = [
        ("ToCountry", "US"),
        ("SmsMessageSid", sid),
        ("NumMedia", "0"),
        ("FromCity", "WASHINGTON"),
        ("SmsStatus", "received"),
        ("Body", body),
        ("To", "+12025550100"),
        ("MessagingServiceSid", source.service_sid),
        ("NumSegments", "1"),
        ("MessageSid", sid),
        ("AccountSid", source.account_sid),
        ("From", _person(number)),
        ("ApiVersion", "2010-04-01"),
    ]
    return Call(_request(source, INBOUND_PATH, pairs), sid, body=body)


def _person(number: int) -> str:
    """A number of the kind kept for fiction, in one of 80,000 area codes and exchanges."""
    area, line = divmod(number % 80_000, 100)
    return f"+1{200 + area}55501{line:02}"


def _request(source: Source, path: str, pairs: Sequence[tuple[str, str]]) -> bytes:
    url = urlsplit(source.public_url)
    body = urlencode(pairs).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {url.netloc}\r\nUser-Agent: TwilioProxy/1.1\r\n"
        f"Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        f"X-Twilio-Signature: {sign(source.auth_token, url=source.public_url + path, pairs=pairs)}\r\n\r\n"
    )
    return head.encode() + body
