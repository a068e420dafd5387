"""Where webhooks may go."""

import socket
from ipaddress import ip_address

import pytest

from api.outgoing.addresses import BadAddress, check_address
from messaging.public_hosts import PrivateAddress, is_public, public_socket
from models.events.subscription_tables import Target

PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 (an address that is refused)
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:53aa:64c:0:fbff:f5ff:fffe",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_the_internets(address: str) -> None:
    assert not is_public(ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(BadAddress):
        check_address(Target.WEBHOOK, f"https://{host}/hook", allow_private=False)


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_addresses_of_the_internet(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://example.com/hook", "begins with https://"),
        ("https://localhost/hook", "private network"),
        ("https://db.internal/hook", "private network"),
        ("https://printer.local/hook", "private network"),
        ("https:///hook", "begins with https://"),
        ("file:///etc/passwd", "begins with https://"),
        ("https://example.com/a\nb", "https://"),
        ("https://example.com:99999/", "is no address"),
        ("https://key@example.com/", "no user"),
        ("https://example.com/" + "a" * 2_000, "https://"),
    ],
)
def test_refused_with_a_sentence(address: str, says: str) -> None:
    with pytest.raises(BadAddress, match=says):
        check_address(Target.WEBHOOK, address, allow_private=False)


@pytest.mark.parametrize("address", ["https://example.com/hook", "https://example.com:8443/hook?of=tidings"])
def test_taken(address: str) -> None:
    check_address(Target.WEBHOOK, address, allow_private=False)


def test_allowed_for_trying_things_out() -> None:
    check_address(Target.WEBHOOK, "http://127.0.0.1:8080/hook", allow_private=True)


@pytest.mark.parametrize(
    ("address", "good"), [("flow/deployment", True), ("flow", False), ("a/b/c", False), ("/", False)]
)
def test_deployments_by_flow_and_name(address: str, *, good: bool) -> None:
    if good:
        check_address(Target.PREFECT_DEPLOYMENT, address, allow_private=False)
        return
    with pytest.raises(BadAddress):
        check_address(Target.PREFECT_DEPLOYMENT, address, allow_private=False)


@pytest.mark.parametrize(
    "target", [("127.0.0.1", 443), ("::1", 443, 0, 0), ("fe80::1%eth0", 443, 0, 2)], ids=["IPv4", "IPv6", "scoped"]
)
def test_no_socket_is_made_for_a_private_address(target: tuple[object, ...]) -> None:
    family = socket.AF_INET if len(target) == 2 else socket.AF_INET6
    info = (family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", target)
    with pytest.raises(PrivateAddress):
        public_socket(info)
