"""Which addresses a webhook may go to: whoever may subscribe must not reach into our own network by it.

Checked when the subscription is made, and again for the very address that each connection goes to
(`messaging.public_hosts`). Redirects are not followed.
"""

from urllib.parse import urlsplit

from messaging.errors import TidingsError
from messaging.public_hosts import is_private
from models.events.subscription_tables import Target

_LONGEST = 2_000
_HINT = "TIDINGS_ALLOW_PRIVATE_WEBHOOKS=true allows http and private addresses, for trying things out"


class BadAddress(TidingsError):
    """A webhook's address that cannot be used."""


def check_address(target: Target, address: str, *, allow_private: bool) -> None:
    """Whether events may go there, as far as can be told by looking at it. Raises `BadAddress`."""
    if target is Target.WEBHOOK:
        check_url(address, allow_private=allow_private)
    elif len([part for part in address.split("/") if part.strip()]) != 2:
        raise BadAddress("A Prefect deployment is named as flow/deployment.")


def check_url(url: str, *, allow_private: bool) -> None:
    """As `check_address`, for the URL of a webhook."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise BadAddress(f"{url[:_LONGEST]} is no address; give one like https://example.com/tidings.") from None
    if parts.scheme not in ("https", "http") or not host or len(url) > _LONGEST or not url.isprintable():
        raise BadAddress("A webhook needs an address that begins with https://.")
    if parts.username or parts.password or parts.fragment:
        raise BadAddress("A webhook's address has no user, password or fragment; we sign what we send instead.")
    if not allow_private:
        _require_public(parts.scheme, host)


def _require_public(scheme: str, host: str) -> None:
    if scheme != "https":
        raise BadAddress(f"A webhook needs an address that begins with https://; {_HINT}.")
    if is_private(host) or host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        raise BadAddress(f"{host} is in a private network; {_HINT}.")
