"""Credentials for media go to Twilio's host alone, wherever it redirects to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import SecretStr

from messaging.twilio_account import TwilioAccount
from messaging.twilio_media import MediumRefused, MediumUnread, TwilioMedia

ACCOUNT = TwilioAccount(sid="AC" + "0" * 32, auth_token=SecretStr("secret"))
MEDIUM = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT.sid}/Messages/MM1/Media/ME1"


@dataclass
class _Content:
    data: bytes

    async def iter_chunked(self, _size: int) -> AsyncIterator[bytes]:
        yield self.data


@dataclass
class _Answer:
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    content: _Content = field(default_factory=lambda: _Content(b"bytes"))
    content_length: int | None = None


@dataclass
class Web:
    """Answers by address, and who was shown credentials."""

    answers: dict[str, _Answer]
    trusted: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def get(self, url: str, *, headers: dict[str, str], **_: Any) -> AsyncIterator[_Answer]:
        self.asked.append(url)
        if "Authorization" in headers:
            self.trusted.append(url)
        yield self.answers[url]


async def fetch(web: Web, url: str = MEDIUM) -> bytes:
    media = TwilioMedia(ACCOUNT, "https://api.twilio.com", web)  # type: ignore[arg-type]  # only `get` is used
    async with media.fetch(url, most_bytes=100) as file:
        return file.read()


def moved(to: str) -> _Answer:
    return _Answer(307, {"Location": to})


async def test_the_store_that_twilio_redirects_to_sees_no_credentials() -> None:
    cdn, bucket = "https://mms.twiliocdn.com/a", "https://bucket.s3.amazonaws.com/a"
    web = Web({MEDIUM: moved(cdn), cdn: moved(bucket), bucket: _Answer(200)})
    assert await fetch(web) == b"bytes"
    assert web.trusted == [MEDIUM]
    assert web.asked == [MEDIUM, cdn, bucket]


REFUSED = {
    "another host": "https://evil.example/2010-04-01/Accounts/" + ACCOUNT.sid + "/Messages/MM1/Media/ME1",
    "a host that only begins alike": MEDIUM.replace("api.twilio.com", "api.twilio.com.evil.example"),
    "user names are no hosts": MEDIUM.replace("https://", "https://api.twilio.com@evil.example/"),
    "without TLS": MEDIUM.replace("https", "http"),
    "another port": MEDIUM.replace("api.twilio.com", "api.twilio.com:8443"),
    "another account": MEDIUM.replace(ACCOUNT.sid, "AC" + "1" * 32),
    "out of the folder": MEDIUM.replace("MM1", "../../AC1"),
    "another resource": "https://api.twilio.com/2010-04-01/Accounts.json",
    "no address": "not an address",
}


@pytest.mark.parametrize("case", REFUSED)
async def test_an_address_that_is_not_the_accounts_is_never_asked(case: str) -> None:
    web = Web({})
    with pytest.raises(MediumRefused):
        await fetch(web, REFUSED[case])
    assert web.asked == []


@pytest.mark.parametrize(
    "to", ["http://mms.twiliocdn.com/a", "https://127.0.0.1/a", "https://[::1]/", "file:///a"]
)
async def test_a_redirect_into_a_network_is_not_followed(to: str) -> None:
    web = Web({MEDIUM: moved(to)})
    with pytest.raises(MediumRefused):
        await fetch(web)
    assert web.asked == [MEDIUM]


async def test_a_circle_of_redirects_ends() -> None:
    with pytest.raises(MediumUnread):
        await fetch(Web({MEDIUM: moved(MEDIUM)}))


@pytest.mark.parametrize("length", [101, None], ids=["declared", "found"])
async def test_too_large_is_refused(length: int | None) -> None:
    answer = _Answer(200, content=_Content(b"x" * 101), content_length=length)
    with pytest.raises(MediumRefused, match="larger"):
        await fetch(Web({MEDIUM: answer}))


@pytest.mark.parametrize(("status", "error"), [(404, MediumRefused), (401, MediumUnread), (503, MediumUnread)])
async def test_what_twilio_does_not_give(status: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        await fetch(Web({MEDIUM: _Answer(status)}))
