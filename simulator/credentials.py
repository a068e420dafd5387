"""Who may call the API: an account with its token, or an API key of the main account."""

import binascii
import hmac
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.errors import SimulatorError


@dataclass(frozen=True, slots=True)
class Credentials:
    """The account's SID, its auth token (which also signs webhooks) and, optionally, one API key.

    `subaccounts` have an auth token each; what the main account may do for itself it may do for them too.
    """

    account_sid: str
    auth_token: str = field(repr=False)
    api_key_sid: str | None = None
    api_key_secret: str | None = field(default=None, repr=False)
    subaccounts: dict[str, str] = field(default_factory=dict, repr=False)

    def authenticate(self, authorization: str | None, *, account: str | None = None) -> str | None:
        """`auth_token` or `api_key`, whichever a Basic Authorization header proves; None when neither.

        With an `account`, whether it opens that account; it must be a known one.
        """
        if account is not None and account != self.account_sid and account not in self.subaccounts:
            return None
        user, password = _basic(authorization)
        if user == self.account_sid and _same(password, self.auth_token):
            return "auth_token"
        if user in self.subaccounts and account in (None, user) and _same(password, self.subaccounts[user]):
            return "auth_token"
        key_fits = self.api_key_sid is not None and user == self.api_key_sid
        if key_fits and self.api_key_secret is not None and _same(password, self.api_key_secret):
            return "api_key"
        return None

    def token_of(self, account_sid: str) -> str:
        """What signs an account's webhooks; the main account's token where none is named."""
        return self.subaccounts.get(account_sid, self.auth_token)


def is_account_sid(text: str) -> bool:
    """Whether it has the form of an account's SID."""
    return re.fullmatch("AC[0-9a-fA-F]{32}", text) is not None


def credentials_from(environment: Mapping[str, str]) -> Credentials:
    """Credentials from SIMULATOR_… variables. Raises `SimulatorError` that names the missing one."""
    for name in ("SIMULATOR_ACCOUNT_SID", "SIMULATOR_AUTH_TOKEN"):
        if not environment.get(name):
            raise SimulatorError(f"{name} is not set; give the simulator the credentials its clients will use.")
    account_sid = environment["SIMULATOR_ACCOUNT_SID"]
    if not is_account_sid(account_sid):
        raise SimulatorError("SIMULATOR_ACCOUNT_SID must be AC followed by 32 hexadecimal digits.")
    return Credentials(
        account_sid=account_sid,
        auth_token=environment["SIMULATOR_AUTH_TOKEN"],
        api_key_sid=environment.get("SIMULATOR_API_KEY_SID") or None,
        api_key_secret=environment.get("SIMULATOR_API_KEY_SECRET") or None,
    )


def _basic(authorization: str | None) -> tuple[str, str]:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, password = b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())
