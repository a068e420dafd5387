"""Starts flow runs through Prefect's REST API, without importing Prefect (which takes a second)."""

import os
from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

import httpx
import stamina
from pydantic import BaseModel

from messaging.errors import TidingsError
from messaging.settings import is_loopback
from messaging.tracing.spans import FLOW_RUN_LABEL, current_span

_SECONDS = 15.0
_PATIENCE = 20.0
"""How long a server that is busy is asked again: Prefect answers 503 while its SQLite is locked."""
_TERMINAL = frozenset({"COMPLETED", "FAILED", "CANCELLED", "CRASHED", "DELETED"})


class PrefectUnavailable(TidingsError):
    """Prefect's API cannot be reached, or refused what was asked; the text names the address."""


class _Busy(Exception):
    """The server answered 503: it is there, but cannot do it at the moment."""


class _Created(BaseModel):
    id: str


def credentials() -> dict[str, str]:
    """The headers that Prefect's own client would send: PREFECT_API_KEY, else PREFECT_API_AUTH_STRING."""
    if key := os.environ.get("PREFECT_API_KEY"):
        return {"Authorization": f"Bearer {key}"}
    if pair := os.environ.get("PREFECT_API_AUTH_STRING"):
        user, _, password = pair.partition(":")
        return {"Authorization": httpx.BasicAuth(user, password)._auth_header}  # noqa: SLF001
    return {}


class FlowRun(BaseModel):
    """Where a flow run stands: Prefect's state type in capitals, and the message that came with it."""

    state_type: str | None = None
    message: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether it will do nothing any more."""
        return self.state_type in _TERMINAL


async def start_run(
    prefect_api_url: str,
    *,
    deployment: str,
    parameters: dict[str, object],
    name: str | None = None,
    at: datetime | None = None,
    tags: Sequence[str] = (),
    idempotency_key: str | None = None,
) -> str:
    """Schedules a run of `deployment` ("flow/deployment") for `at` or now; returns the flow run's id.

    A busy server is asked again for a while; an idempotency key, the caller's or our own, makes sure that it is
    one run all the same.
    Raises `PrefectUnavailable` when the server cannot be reached, stays busy, knows no such deployment, or refuses
    the parameters.
    """
    asked: dict[str, object] = {"parameters": parameters, "idempotency_key": idempotency_key or str(uuid4())}
    if name:
        asked["name"] = name
    if tags:
        asked["tags"] = list(tags)
    if traceparent := current_span().traceparent:
        asked["labels"] = {FLOW_RUN_LABEL: traceparent}
    if at is not None:
        asked["state"] = {"type": "SCHEDULED", "state_details": {"scheduled_time": at.isoformat()}}
    try:
        async with _client(prefect_api_url) as client:
            found = await _patiently(client, "GET", f"deployments/name/{deployment}")
            _require_success(found, deployment=deployment)
            id_ = _Created.model_validate_json(found.content).id
            created = await _patiently(client, "POST", f"deployments/{id_}/create_flow_run", asked)
            _require_success(created, deployment=deployment)
    except _Busy:
        raise PrefectUnavailable(
            f"Prefect at {prefect_api_url} was too busy for {_PATIENCE:.0f} s; try again in a moment."
        ) from None
    except httpx.HTTPError:
        raise PrefectUnavailable(
            f"Prefect at {prefect_api_url} does not answer; see `tidings status`, or start it with `tidings up`."
        ) from None
    return _Created.model_validate_json(created.content).id


async def read_run(prefect_api_url: str, flow_run_id: str) -> FlowRun | None:
    """The flow run as it stands; None while the server does not answer. A deleted run is over, as "DELETED"."""
    try:
        async with _client(prefect_api_url) as client:
            answer = await client.get(f"flow_runs/{flow_run_id}")
    except httpx.HTTPError:
        return None
    if answer.status_code == httpx.codes.NOT_FOUND:
        return FlowRun(state_type="DELETED")
    if not answer.is_success:
        return None
    state = answer.json().get("state") or {}
    return FlowRun(state_type=state.get("type"), message=state.get("message"))


async def one_waits(prefect_api_url: str, *, tag: str) -> bool:
    """Whether a flow run with this tag waits for a worker to take it. Raises `PrefectUnavailable`."""
    waiting = {"tags": {"all_": [tag]}, "state": {"type": {"any_": ["SCHEDULED", "PENDING"]}}}
    try:
        async with _client(prefect_api_url) as client:
            answer = await _patiently(client, "POST", "flow_runs/filter", {"flow_runs": waiting, "limit": 1})
    except (_Busy, httpx.HTTPError):
        raise PrefectUnavailable(f"Prefect at {prefect_api_url} does not answer; see `tidings status`.") from None
    if not answer.is_success:
        raise PrefectUnavailable(f"Prefect at {prefect_api_url} answered with status {answer.status_code}.")
    return bool(answer.json())


def run_page(prefect_api_url: str, flow_run_id: str) -> str:
    """The address of a flow run in Prefect's UI."""
    return f"{prefect_api_url.rstrip('/').removesuffix('/api')}/runs/flow-run/{flow_run_id}"


def _client(prefect_api_url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=f"{prefect_api_url.rstrip('/')}/",
        headers=credentials(),
        timeout=_SECONDS,
        trust_env=not is_loopback(prefect_api_url),
    )


async def _patiently(
    client: httpx.AsyncClient, method: str, path: str, asked: dict[str, object] | None = None
) -> httpx.Response:
    async for attempt in stamina.retry_context(on=_Busy, attempts=None, timeout=_PATIENCE, wait_max=2.0):
        with attempt:
            answer = await client.request(method, path, json=asked)
            if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                raise _Busy
            return answer
    raise AssertionError("unreachable")


def _require_success(answer: httpx.Response, *, deployment: str) -> None:
    if answer.is_success:
        return
    if answer.status_code == httpx.codes.NOT_FOUND:
        raise PrefectUnavailable(
            f"Prefect knows no deployment {deployment}; `tidings up` registers it, see `tidings status`."
        )
    raise PrefectUnavailable(
        f"Prefect refused to run {deployment} with status {answer.status_code}: {answer.text[:300]}"
    )
