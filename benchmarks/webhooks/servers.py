"""Our API and the bare handler, each as uvicorn in a process of its own, as `tidings up` starts ours."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from benchmarks.database import ACCOUNT_SID, SERVICE_SID
from benchmarks.webhooks.traffic import Source
from deployments.ports import choose_ports
from messaging.settings import Settings

SOURCE = Source(ACCOUNT_SID, "be" * 16, SERVICE_SID, "https://hooks.tidings.test")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is ready, at a port of this machine."""

    port: int
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """What its process has used so far."""
        used = self.process.cpu_times()
        return float(used.user + used.system)


@contextmanager
def our_api(settings: Settings) -> Iterator[Server]:
    """Our API on a free port."""
    environment = {
        "TIDINGS_ENV_FILE": "",
        "TIDINGS_DATABASE_URL": settings.tidings_database_url or "",
        "TIDINGS_QUIET_HOURS": "off",
        "TWILIO_ACCOUNT_SID": SOURCE.account_sid,
        "TWILIO_AUTH_TOKEN": SOURCE.auth_token,
        "TWILIO_MESSAGING_SERVICE_TRANSACTIONAL": settings.twilio_messaging_service_transactional or "",
        "TWILIO_MESSAGING_SERVICE_MARKETING": SOURCE.service_sid,
        "PUBLIC_BASE_URL": SOURCE.public_url,
    }
    with _served("api.app:create_app", environment, ready="/readyz") as server:
        yield server


@contextmanager
def bare_handler() -> Iterator[Server]:
    """The handler that keeps nothing, on a free port."""
    environment = {"BENCH_PUBLIC_URL": SOURCE.public_url, "BENCH_AUTH_TOKEN": SOURCE.auth_token}
    with _served("benchmarks.webhooks.bare:create_app", environment, ready="/openapi.json") as server:
        yield server


@contextmanager
def _served(application: str, environment: Mapping[str, str], *, ready: str) -> Iterator[Server]:
    port = choose_ports(["api"], previous={}, fixed={})["api"]
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "uvicorn",
            "--factory",
            application,
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--no-access-log",
            "--no-server-header",
            "--log-level",
            "warning",
        ],
        env={**os.environ, **environment},
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}{ready}")
        yield Server(port, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(url: str) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310  # our own server
        except (urllib.error.URLError, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
