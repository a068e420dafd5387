"""Requests to addresses that others chose reach public hosts only: never this machine nor its network.

Server-side request forgery: https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
The check is made on the addresses that are connected to, so that no name can be turned meanwhile.
"""

import socket
from ipaddress import ip_address

from aiohttp import TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver


class NotPublic(OSError):
    """The host is none that everyone can reach."""


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses; raises `NotPublic` for a name that leads anywhere else."""

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """See `aiohttp.abc.AbstractResolver`."""
        found = await self._resolver.resolve(host, port, family)
        if not all(is_public(each["host"]) for each in found):
            raise NotPublic(f"{host} is not a public host")
        return found

    async def close(self) -> None:
        """Nothing to close."""
        await self._resolver.close()


def public_connector() -> TCPConnector:
    """Connections to public hosts alone. An address written as digits is not resolved: ask `is_public` before."""
    return TCPConnector(resolver=PublicResolver(), use_dns_cache=False)


def is_public(address: str) -> bool:
    """Whether an IP address is reachable by everyone; a name is no address, and gets a yes."""
    try:
        ip = ip_address(address)
    except ValueError:
        return True
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_global and not ip.is_multicast
