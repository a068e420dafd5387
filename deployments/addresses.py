"""Where each part will listen, decided before any of them starts."""

from deployments.database_check import describe
from deployments.home import Home
from deployments.ports import HOST, api_port_of, choose_ports
from deployments.postgres import database_address
from deployments.stack_state import Addresses
from messaging.settings import Settings


def decide_ports(settings: Settings, *, api_port: int | None, previous: dict[str, int]) -> dict[str, int]:
    """A port for the API and for every part that these settings do not place elsewhere. Raises `PortTaken`."""
    wanted = ["api"]
    if settings.prefect_api_url is None:
        wanted.append("prefect")
    if settings.tidings_database_url is None:
        wanted.append("postgres")
    if not settings.has_twilio:
        wanted.append("simulator")
    asked = api_port if api_port is not None else api_port_of(settings.public_base_url)
    return choose_ports(wanted, previous=previous, fixed={} if asked is None else {"api": asked})


def addresses_of(settings: Settings, home: Home, ports: dict[str, int]) -> Addresses:
    """The addresses that go with the ports; an external database is described without its password."""
    prefect_api = settings.prefect_api_url or _http(ports["prefect"]) + "/api"
    external = settings.tidings_database_url
    return Addresses(
        api=_http(ports["api"]),
        prefect=prefect_api.rstrip("/").removesuffix("/api"),
        prefect_api=prefect_api.rstrip("/"),
        simulator=_http(ports["simulator"]) if "simulator" in ports else None,
        database=database_address(home, ports["postgres"]) if external is None else describe(external),
    )


def _http(port: int) -> str:
    return f"http://{HOST}:{port}"
