"""The signature of https://www.standardwebhooks.com: HMAC-SHA256 over id, time and body.

A receiver refuses what is not signed with its secret, what is older than five minutes, and an id it had before.
"""

import base64
import hashlib
import hmac
from datetime import datetime

from models.events.subscriptions import SECRET_PREFIX


def signed_headers(body: bytes, *, secret: str, id_: str, at: datetime) -> dict[str, str]:
    """The three headers of a webhook; `secret` as `subscribe` gave it."""
    timestamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    digest = hmac.digest(key, b".".join((id_.encode(), timestamp.encode(), body)), hashlib.sha256)
    return {
        "webhook-id": id_,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
