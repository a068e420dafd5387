"""Whether a webhook was signed with an account's auth token.

https://www.twilio.com/docs/usage/webhooks/webhooks-security
"""

import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qs

from twilio.request_validator import RequestValidator, get_signature_algorithm

_URL = re.compile(r"(https?)://([^/?]*?)(?::(\d+))?([/?].*)?", re.IGNORECASE | re.DOTALL)
HMAC_SHA1 = "HMAC_SHA1"
HMAC_SHA256 = "HMAC_SHA256"
_ALGORITHMS = frozenset({HMAC_SHA1, HMAC_SHA256})
_DEFAULT_PORT = {"https": "443", "http": "80"}


def algorithm_of(signature_settings: str) -> str:
    """The algorithm that X-Twilio-Webhooks-Signature-Settings names; without the header that of auth tokens."""
    return str(get_signature_algorithm(signature_settings)).upper()


def is_signed_by(
    auth_token: str,
    *,
    url: str,
    params: Sequence[tuple[str, str]] | None,
    body: bytes,
    signature: str,
    algorithm: str = HMAC_SHA1,
) -> bool:
    """Whether `signature` (X-Twilio-Signature) is the token's for this request.

    `url` is the address as Twilio called it, with its query. `params` are the form's pairs as received, blanks
    and repeated names kept; None for another body, which the URL must then name by `bodySHA256`. Twilio signs
    without the URL's fragment and with or without its port; with the fragment is tried too. `auth_token` is the
    account's, or the secret of a shared key, by which Twilio signs with HMAC_SHA256; other algorithms are refused.
    """
    if algorithm not in _ALGORITHMS or (params is None and not _is_named_by(url, body)):
        return False
    validator = RequestValidator(auth_token)
    form = _Form(params or ())
    given = signature.encode()
    return any(
        hmac.compare_digest(validator.compute_signature(candidate, form, algorithm).encode(), given)
        for candidate in _candidates(url)
    )


class _Form:
    """The pairs as the validator reads them: names to iterate, and all values of one by `getall`."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def getall(self, name: str) -> list[str]:
        return self._values[name]


def _is_named_by(url: str, body: bytes) -> bool:
    query = url.partition("#")[0].partition("?")[2]
    hashes = parse_qs(query).get("bodySHA256", [])
    if not body and not hashes:
        return True
    computed = hashlib.sha256(body).hexdigest().encode()
    return len(hashes) == 1 and hmac.compare_digest(computed, hashes[0].lower().encode())


def _candidates(url: str) -> list[str]:
    """The URL without its fragment and with it, each without a port and with one, otherwise to the letter."""
    bare, _, fragment = url.partition("#")
    parts = _URL.fullmatch(bare)
    if parts is None:
        return [bare]
    scheme, host, port, rest = parts.groups(default="")
    port = port or _DEFAULT_PORT[scheme.lower()]
    bares = [f"{scheme}://{host}{rest}", f"{scheme}://{host}:{port}{rest}"]
    return bares + [f"{each}#{fragment}" for each in bares if fragment]
