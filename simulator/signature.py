"""Twilio's request signature: https://www.twilio.com/docs/usage/webhooks/webhooks-security"""

import hmac
from base64 import b64encode
from collections.abc import Iterable


def sign(url: str, params: Iterable[tuple[str, str]], *, auth_token: str) -> str:
    """X-Twilio-Signature of a form request: base64 HMAC-SHA1 over the URL without its fragment, then every
    name and value sorted by name; equal values of one name count once."""
    url_called = url.partition("#")[0]
    text = url_called + "".join(name + value for name, value in sorted(set(params)))
    return b64encode(hmac.digest(auth_token.encode(), text.encode(), "sha1")).decode()
