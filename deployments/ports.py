"""Ports on the loopback interface: those of the last start when free, so that bookmarks survive."""

import errno
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from messaging.errors import TidingsError
from messaging.settings import is_loopback

HOST = "127.0.0.1"


class PortTaken(TidingsError):
    """The port that was asked for cannot be listened on; the text names it."""


def choose_ports(names: Iterable[str], *, previous: dict[str, int], fixed: dict[str, int]) -> dict[str, int]:
    """A free port for every name: the fixed one, else the previous one, else any.

    Raises `PortTaken` when a fixed port is not free.
    """
    chosen: dict[str, int] = {}
    for name in names:
        if name in fixed:
            require_free(fixed[name])
            chosen[name] = fixed[name]
            continue
        last = previous.get(name)
        taken = {*chosen.values(), *fixed.values()}
        chosen[name] = (
            last if last is not None and last not in taken and _refusal(last) is None else _any_free(taken)
        )
    return chosen


def require_free(port: int) -> None:
    """Raises `PortTaken` with what to do when the port cannot be listened on."""
    refusal = _refusal(port)
    if refusal == errno.EACCES:
        raise PortTaken(f"Port {port} needs more rights than you have; choose one above 1023 with --api-port.")
    if refusal is not None:
        raise PortTaken(
            f"Port {port} is taken by another program; stop that program, or choose another port with --api-port."
        )


def api_port_of(public_base_url: str | None) -> int | None:
    """The port that a loopback http:// address leads to; None when the address leads elsewhere."""
    if public_base_url is None or not is_loopback(public_base_url):
        return None
    parts = urlsplit(public_base_url)
    return (parts.port or 80) if parts.scheme == "http" else None


def _refusal(port: int) -> int | None:
    with socket.socket() as probe:
        # As servers do: a port whose last connections only linger in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            return error.errno or errno.EADDRINUSE
    return None


def _any_free(taken: set[int]) -> int:
    while True:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port = int(probe.getsockname()[1])
        if port not in taken:
            return port
