"""Fetches media that people sent, and deletes them at Twilio.

https://www.twilio.com/docs/messaging/api/media-resource: a medium's address needs the account's credentials and
redirects to a short-lived one on another host, which must not see them.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO
from urllib.parse import urljoin, urlsplit

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, TCPConnector, encode_basic_auth

from messaging.errors import TidingsError
from messaging.public_hosts import is_private, public_connector
from messaging.settings import TWILIO_LIVE_URL
from messaging.twilio_account import TwilioAccount

SECONDS = 60.0
MOST_REDIRECTS = 3
PIECE = 64 * 1024
_IN_MEMORY = 1024 * 1024


class MediumRefused(TidingsError):
    """The medium will never be stored: it is too large, gone, or at an address that is not Twilio's."""


class MediumUnread(TidingsError):
    """Twilio did not give the medium now; it may later."""


@dataclass(frozen=True, slots=True)
class TwilioMedia:
    """Media of one account. `base_url` is Twilio's, the one host that sees the account's credentials."""

    account: TwilioAccount
    base_url: str
    session: ClientSession

    @asynccontextmanager
    async def fetch(self, url: str, *, most_bytes: int) -> AsyncIterator[IO[bytes]]:
        """The bytes, in a temporary file, at its beginning. Raises `MediumRefused` or `MediumUnread`."""
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
            try:
                async with self._opened(self._own(url)) as response:
                    await _copy(response, file, most_bytes=most_bytes)
            except (ClientError, TimeoutError, OSError, ValueError) as error:
                raise MediumUnread(f"The medium could not be fetched: {type(error).__name__}.") from error
            file.seek(0)
            yield file

    async def delete(self, url: str) -> None:
        """Deletes the medium at Twilio; one that is gone already is fine. Raises as `fetch` does."""
        try:
            async with self.session.delete(
                f"{self._own(url)}.json", headers=self._credentials(), allow_redirects=False
            ) as response:
                if response.status not in (204, 404):
                    raise MediumUnread(f"Twilio did not delete the medium: status {response.status}.")
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            raise MediumUnread(f"The medium could not be deleted: {type(error).__name__}.") from error

    @asynccontextmanager
    async def _opened(self, url: str) -> AsyncIterator[ClientResponse]:
        """Follows redirects itself: credentials go to Twilio's host, and to no other."""
        headers = self._credentials()
        for _ in range(MOST_REDIRECTS + 1):
            async with self.session.get(url, headers=headers, allow_redirects=False) as response:
                if response.status == 200:
                    yield response
                    return
                if response.status not in (301, 302, 303, 307, 308):
                    raise _refusal(response.status)
                url = self._next(url, response.headers.get("Location", ""))
                headers = self._credentials() if _origin(url) == _origin(self.base_url) else {}
        raise MediumUnread("The medium's address redirects too often.")

    def _own(self, url: str) -> str:
        """The address, when it is one of this account's media at Twilio."""
        place = urlsplit(url)
        media = f"/2010-04-01/Accounts/{self.account.sid}/Messages/"
        if _origin(url) != _origin(self.base_url) or not place.path.startswith(media) or ".." in place.path:
            raise MediumRefused("The medium's address is not the account's at Twilio.")
        return url

    def _next(self, url: str, location: str) -> str:
        found = urljoin(url, location)
        parts = urlsplit(found)
        if _origin(found) == _origin(self.base_url):
            return found
        if parts.scheme != "https" or not parts.hostname or is_private(parts.hostname):
            raise MediumRefused("The medium's address leads to a host that is not public.")
        return found

    def _credentials(self) -> dict[str, str]:
        return {"Authorization": encode_basic_auth(*self.account.login)}


def media_session(base_url: str) -> ClientSession:
    """Connections for media: to public hosts alone, unless another server stands in for Twilio."""
    connector = public_connector() if base_url == TWILIO_LIVE_URL else TCPConnector()
    return ClientSession(connector=connector, timeout=ClientTimeout(total=SECONDS))


async def _copy(response: ClientResponse, file: IO[bytes], *, most_bytes: int) -> None:
    if (response.content_length or 0) > most_bytes:
        raise _too_large(most_bytes)
    size = 0
    async for piece in response.content.iter_chunked(PIECE):
        size += len(piece)
        if size > most_bytes:
            raise _too_large(most_bytes)
        file.write(piece)


def _too_large(most_bytes: int) -> MediumRefused:
    return MediumRefused(f"The medium is larger than {most_bytes / 1_000_000:g} MB (TIDINGS_MEDIA_MEGABYTES).")


def _refusal(status: int) -> TidingsError:
    if status in (404, 410):
        return MediumRefused("Twilio has the medium no more.")
    return MediumUnread(f"Twilio did not give the medium: status {status}.")


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), port
