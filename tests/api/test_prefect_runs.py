"""Starting a run through Prefect's REST API: what is sent, and each refusal as a sentence."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from api.prefect_runs import PrefectUnavailable, start_run

DEPLOYMENT = "6f6b1b1e-0000-4000-8000-000000000001"
FLOW_RUN = "6f6b1b1e-0000-4000-8000-000000000002"


class Prefect(HTTPServer):
    """Answers as Prefect 3's REST API does; `refusal` replaces the answer to the creation of a run.

    So many of the next creations as `busy` says are answered 503, as Prefect does while its SQLite is locked.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.asked: dict[str, object] = {}
        self.authorization: str | None = None
        self.keys: list[object] = []
        self.refusal: tuple[int, str] | None = None
        self.busy = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/api"


class Answers(BaseHTTPRequestHandler):
    server: Prefect

    def do_GET(self) -> None:
        if self.path == "/api/deployments/name/campaign/campaign":
            self.answer(200, json.dumps({"id": DEPLOYMENT}))
        else:
            self.answer(404, '{"detail": "Deployment not found"}')

    def do_POST(self) -> None:
        assert self.path == f"/api/deployments/{DEPLOYMENT}/create_flow_run"
        self.server.authorization = self.headers.get("Authorization")
        self.server.asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.keys.append(self.server.asked.pop("idempotency_key"))
        if self.server.busy:
            self.server.busy -= 1
            self.answer(503, '{"exception_message":"Service Unavailable"}')
            return
        self.answer(*(self.server.refusal or (201, json.dumps({"id": FLOW_RUN}))))

    def answer(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def prefect() -> Iterator[Prefect]:
    with Prefect() as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield server
        server.shutdown()
        serving.join()


async def test_a_run_is_asked_for(prefect: Prefect) -> None:
    run = await start_run(prefect.url, deployment="campaign/campaign", parameters={"order": {}}, name="spring")
    assert run == FLOW_RUN
    assert prefect.asked == {"parameters": {"order": {}}, "name": "spring"}


@pytest.mark.parametrize(
    ("name", "value", "header"),
    [
        ("PREFECT_API_KEY", "pnu_1", "Bearer pnu_1"),
        ("PREFECT_API_AUTH_STRING", "user:pass", "Basic dXNlcjpwYXNz"),
    ],
)
async def test_credentials_are_those_of_prefects_client(
    name: str, value: str, header: str, prefect: Prefect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    await start_run(prefect.url, deployment="campaign/campaign", parameters={})
    assert prefect.authorization == header


async def test_an_unknown_deployment(prefect: Prefect) -> None:
    with pytest.raises(PrefectUnavailable, match="knows no deployment campaign/other"):
        await start_run(prefect.url, deployment="campaign/other", parameters={})


async def test_refused_parameters(prefect: Prefect) -> None:
    prefect.refusal = (409, '{"detail": "Validation failed for field order"}')
    with pytest.raises(PrefectUnavailable, match=r"status 409: .*Validation failed for field order"):
        await start_run(prefect.url, deployment="campaign/campaign", parameters={})


async def test_a_busy_server_is_asked_again_for_the_same_run(prefect: Prefect) -> None:
    prefect.busy = 2
    assert await start_run(prefect.url, deployment="campaign/campaign", parameters={}) == FLOW_RUN
    assert len(prefect.keys) == 3
    assert len(set(prefect.keys)) == 1


async def test_a_server_that_stays_busy(prefect: Prefect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.prefect_runs._PATIENCE", 0.3)
    prefect.busy = 1_000
    with pytest.raises(PrefectUnavailable, match="too busy for 0 s; try again"):
        await start_run(prefect.url, deployment="campaign/campaign", parameters={})


async def test_no_server() -> None:
    with pytest.raises(PrefectUnavailable, match="does not answer; see `tidings status`"):
        await start_run("http://127.0.0.1:1/api", deployment="campaign/campaign", parameters={})
