"""Addresses of media that Twilio is to fetch and send along: what can be checked without fetching them.

Limits: https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource (10 for MMS), and
https://www.twilio.com/docs/whatsapp/guidance-whatsapp-media-messages (one for WhatsApp).
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from messaging.errors import TidingsError
from messaging.settings import is_loopback

MOST_MEDIA = {"sms": 10, "whatsapp": 1}
LONGEST_URL = 2_048


class MediaRefused(TidingsError):
    """Media that Twilio could not fetch, or would not send on this channel."""


def check_media(urls: Sequence[str], *, channel: str) -> None:
    """Raises `MediaRefused`, naming the medium by its place, unless all may be sent along on the channel."""
    if len(urls) > MOST_MEDIA[channel]:
        most = "one medium" if MOST_MEDIA[channel] == 1 else f"{MOST_MEDIA[channel]} media"
        raise MediaRefused(f"The message has {len(urls)} media, and {channel} takes {most}; leave some out.")
    for place, url in enumerate(urls, start=1):
        problem = _problem(url)
        if problem is not None:
            raise MediaRefused(f"Medium {place} {problem}; give an https address that anyone can fetch.")


def _problem(url: str) -> str | None:
    if len(url) > LONGEST_URL:
        return f"has an address of {len(url):,} characters, above {LONGEST_URL:,}"
    if not url.isascii() or not url.isprintable() or " " in url:
        return "has an address with characters that must be percent-encoded"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "is no web address"
    if parts.scheme != "https" or not host or port == 0:
        return "is no https address"
    if parts.username is not None:
        return "has a user name in its address, which would be sent along"
    return "is on this machine only" if is_loopback(url) else None
