"""A server that answers as Prefect's REST API does where the commands call it, and remembers the questions."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

FLOW_RUN_ID = "0f9f0000-0000-4000-8000-000000000001"


@dataclass
class PrefectDouble:
    """`state` is what every flow run is in; `asked` the bodies of all requests for a flow run.

    `waits`: whether a flow run waits for a worker. `refuses`: every request for a flow run ends in an error.
    """

    url: str
    state: dict[str, str] = field(default_factory=lambda: {"type": "RUNNING", "message": ""})
    asked: list[dict[str, Any]] = field(default_factory=list)
    waits: bool = False
    refuses: bool = False


@contextmanager
def prefect_double() -> Iterator[PrefectDouble]:
    """Listens on a free port of the loopback interface."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path in (
                "/api/deployments/name/campaign/campaign",
                "/api/deployments/name/direct/direct",
            ):
                self._answer(200, {"id": "d1"})
            elif self.path == "/api/health":
                self._answer(200, {})
            elif self.path == f"/api/flow_runs/{FLOW_RUN_ID}":
                self._answer(200, {"id": FLOW_RUN_ID, "state": double.state})
            else:
                self._answer(404, {"detail": "Not found"})

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path == "/api/flow_runs/filter":
                self._answer(200, [{"id": FLOW_RUN_ID}] if double.waits else [])
                return
            if double.refuses:
                self._answer(500, {"detail": "out of order"})
                return
            double.asked.append(asked)
            self._answer(201, {"id": FLOW_RUN_ID})

        def _answer(self, status: int, body: dict[str, Any] | list[dict[str, Any]]) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            """Keeps the tests' output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    double = PrefectDouble(f"http://127.0.0.1:{server.server_port}/api")
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
