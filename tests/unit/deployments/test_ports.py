"""Ports: asked for, remembered, or any that is free."""

import socket
from collections.abc import Iterator

import pytest

from deployments.addresses import decide_ports
from deployments.ports import HOST, PortTaken, api_port_of, choose_ports
from messaging.settings import Settings


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        yield int(listener.getsockname()[1])


def free() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def test_a_free_previous_port_is_used_again() -> None:
    last = free()
    assert choose_ports(["api"], previous={"api": last}, fixed={}) == {"api": last}


def test_a_taken_previous_port_is_replaced(taken: int) -> None:
    assert choose_ports(["api"], previous={"api": taken}, fixed={})["api"] != taken


def test_two_parts_never_share_a_port() -> None:
    last = free()
    chosen = choose_ports(["api", "prefect", "simulator"], previous={"api": last, "prefect": last}, fixed={})
    assert len(set(chosen.values())) == 3


def test_a_previous_port_makes_way_for_one_asked_for_by_another_part() -> None:
    wanted = free()
    chosen = choose_ports(["prefect", "api"], previous={"prefect": wanted}, fixed={"api": wanted})
    assert chosen["api"] == wanted
    assert chosen["prefect"] != wanted


def test_a_taken_port_that_was_asked_for_is_refused_by_name(taken: int) -> None:
    with pytest.raises(PortTaken, match=f"Port {taken} is taken .* --api-port"):
        choose_ports(["api"], previous={}, fixed={"api": taken})


@pytest.mark.parametrize(
    ("url", "port"),
    [
        (None, None),
        ("http://127.0.0.1:8000", 8000),
        ("http://localhost:8000/base", 8000),
        ("http://[::1]:8000", 8000),
        ("http://localhost", 80),
        ("https://localhost:8443", None),
        ("https://tidings.test", None),
    ],
)
def test_port_of_a_public_address(url: str | None, port: int | None) -> None:
    assert api_port_of(url) == port


TWILIO = {
    "twilio_account_sid": "AC" + "0a" * 16,
    "twilio_auth_token": "0b" * 16,
    "twilio_messaging_service_transactional": "MG" + "0c" * 16,
    "twilio_messaging_service_marketing": "MG" + "0d" * 16,
}


@pytest.mark.parametrize(
    ("label", "given", "parts"),
    [
        ("nothing set: everything is embedded", {}, {"api", "prefect", "postgres", "simulator"}),
        ("a database", {"tidings_database_url": "postgresql://x/y"}, {"api", "prefect", "simulator"}),
        ("a Prefect server", {"prefect_api_url": "http://x/api"}, {"api", "postgres", "simulator"}),
        ("a Twilio account", TWILIO, {"api", "prefect", "postgres"}),
    ],
)
def test_only_what_is_not_elsewhere_gets_a_port(label: str, given: dict[str, str], parts: set[str]) -> None:
    assert set(decide_ports(Settings.model_validate(given), api_port=None, previous={})) == parts, label


def test_the_option_comes_before_the_public_address() -> None:
    asked, public = free(), free()
    settings = Settings.model_validate({"public_base_url": f"http://127.0.0.1:{public}"})
    assert decide_ports(settings, api_port=asked, previous={})["api"] == asked
    assert decide_ports(settings, api_port=None, previous={})["api"] == public
