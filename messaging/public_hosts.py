"""Requests to addresses that others chose reach public hosts only: never this machine nor its network.

The very address of each connection is judged, so that a name which answers differently the second time gains
nothing. https://owasp.org/www-community/attacks/Server_Side_Request_Forgery
"""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

from aiohttp import TCPConnector

_NAT64 = IPv6Network("64:ff9b::/96")


class PrivateAddress(OSError):
    """A name leads to an address within a private network."""


def public_connector(*, limit: int = 100) -> TCPConnector:
    """Connections to public addresses alone, at most `limit` at once (0: any number)."""
    return TCPConnector(limit=limit, socket_factory=public_socket)


def public_socket(info: Any) -> socket.socket:
    """A socket for a connection to a public address (aiohttp's `socket_factory`); else `PrivateAddress`."""
    family, kind, protocol, _, target = info
    if not is_public(ip_address(str(target[0]).partition("%")[0])):
        raise PrivateAddress("the name leads into a private network")
    return socket.socket(family, kind, protocol)


def is_private(host: str) -> bool:
    """Whether a host, as written in a URL, is an address that not everyone can reach; a name is no address."""
    try:
        return not is_public(ip_address(host))
    except ValueError:
        return False


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
