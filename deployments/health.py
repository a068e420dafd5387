"""The health of every part, asked from outside: what a person or a monitor sees."""

from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from pydantic import BaseModel, TypeAdapter

from api.prefect_runs import credentials
from deployments.database_check import database_problem
from deployments.http_check import http_problem
from deployments.prefect_api import prefect_problem
from deployments.process_id import ProcessId
from deployments.stack_state import Addresses
from messaging.settings import is_loopback

_POLLED_WITHIN_SECONDS = 30.0


@dataclass(frozen=True)
class Health:
    """`detail` says why, when not ok."""

    ok: bool
    detail: str


class _Deployment(BaseModel):
    last_polled: datetime | None = None


_Deployments = TypeAdapter(list[_Deployment])


def check(addresses: Addresses, *, database_url: str | None, serve: ProcessId | None) -> dict[str, Health]:
    """The health of each part by name; takes a few seconds when parts do not answer."""
    prefect = prefect_problem(addresses.prefect_api)
    takes_webhooks = f"{addresses.api}/readyz/webhooks"
    found = {
        "database": _health(_database(database_url, api=addresses.api)),
        "prefect": _health(prefect),
        "serve": _health(_serve(addresses.prefect_api, serve, prefect=prefect)),
        "api": _health(http_problem(f"{addresses.api}/healthz") or http_problem(takes_webhooks)),
    }
    if addresses.simulator is not None:
        found["simulator"] = _health(http_problem(f"{addresses.simulator}/simulator/health"))
    return found


def _health(problem: str | None) -> Health:
    return Health(ok=problem is None, detail=problem or "ok")


def _database(database_url: str | None, *, api: str) -> str | None:
    """An external database whose address is not known here is asked for through the API."""
    return http_problem(f"{api}/readyz/webhooks") if database_url is None else database_problem(database_url)


def _serve(prefect_api: str, process: ProcessId | None, *, prefect: str | None) -> str | None:
    """A process that lives but no longer asks Prefect for work counts as unhealthy."""
    if process is None or not process.is_alive():
        return "its process is not running"
    if prefect is not None:
        return "it has no Prefect server"
    polled = _last_polled(prefect_api)
    if polled is None:
        return None
    silence = (datetime.now(UTC) - polled).total_seconds()
    return None if silence < _POLLED_WITHIN_SECONDS else f"it has not asked Prefect for work for {silence:.0f} s"


def _last_polled(prefect_api: str) -> datetime | None:
    """When any deployment was last asked for; None when there are none yet, or Prefect does not say."""
    try:
        with httpx.Client(trust_env=not is_loopback(prefect_api), timeout=3, headers=credentials()) as client:
            answer = client.post(f"{prefect_api}/deployments/filter", json={})
    except httpx.HTTPError:
        return None
    if not answer.is_success:
        return None
    polled = [one.last_polled for one in _Deployments.validate_json(answer.content) if one.last_polled]
    return max(polled, default=None)
