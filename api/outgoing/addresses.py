"""Which addresses a webhook may go to: whoever may subscribe must not reach into our own network by it.

Checked when the subscription is made, and again for the very address that each connection goes to, so that a name
which answers differently the second time gains nothing. Redirects are not followed.
https://owasp.org/www-community/attacks/Server_Side_Request_Forgery
"""

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from messaging.errors import TidingsError
from models.events.subscription_tables import Target

_LONGEST = 2_000
_NAT64 = IPv6Network("64:ff9b::/96")
_HINT = "TIDINGS_ALLOW_PRIVATE_WEBHOOKS=true allows http and private addresses, for trying things out"


class BadAddress(TidingsError):
    """A webhook's address that cannot be used."""


class PrivateAddress(OSError):
    """A name leads to an address within a private network."""


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
    try:
        address = ip_address(host)
    except ValueError:
        if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
            raise BadAddress(f"{host} is in a private network; {_HINT}.") from None
        return
    if not is_public(address):
        raise BadAddress(f"{host} is in a private network; {_HINT}.")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the Internet's; an IPv4 address within an IPv6 one counts as itself."""
    if isinstance(address, IPv6Address):
        within = address.ipv4_mapped or address.sixtofour
        if within is None and address in _NAT64:
            within = IPv4Address(int(address) & 0xFFFF_FFFF)
        if within is not None:
            return is_public(within)
        if address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast


def guarded_sockets(*, allow_private: bool) -> Callable[[Any], socket.socket]:
    """Makes the sockets that webhooks leave by (aiohttp's `socket_factory`); refuses with `PrivateAddress`."""

    def make(info: Any) -> socket.socket:
        family, kind, protocol, _, target = info
        if not allow_private and not is_public(ip_address(str(target[0]).partition("%")[0])):
            raise PrivateAddress("the name leads into a private network")
        return socket.socket(family, kind, protocol)

    return make
