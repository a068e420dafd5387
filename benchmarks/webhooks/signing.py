"""X-Twilio-Signature as Twilio computes it, from its security page and not from our own verifier.

https://www.twilio.com/docs/usage/webhooks/webhooks-security
"""

import base64
import hmac
from collections.abc import Sequence


def sign(auth_token: str, *, url: str, pairs: Sequence[tuple[str, str]]) -> str:
    """Base64 of HMAC-SHA1 over the URL and each distinct name and value, sorted."""
    text = url + "".join(name + value for name, value in sorted(set(pairs)))
    return base64.b64encode(hmac.digest(auth_token.encode(), text.encode(), "sha1")).decode()
