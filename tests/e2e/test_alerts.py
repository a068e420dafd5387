"""Alerts as people get them: in `tidings status`, and through the automation that we ship."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import psycopg
import pytest

from tests.deployments.processes import wait_until
from tests.e2e.stack_process import StackProcess
from tests.e2e.story import write_people
from tests.integration.population import phone

AUTOMATION = Path(__file__).parents[2] / "deployments" / "automations" / "alerts.yaml"
NO_BLOCK = "00000000-0000-0000-0000-000000000000"
PEOPLE = 4
CAMPAIGN = """
name: Alarming
kind: marketing
body: Hi {{ first_name }}
audience: {}
alerts: {minimum: 4}
"""
_BLOCK = """
import sys
from prefect.blocks.notifications import CustomWebhookNotificationBlock as Webhook
said = {"subject": "{{subject}}", "body": "{{body}}"}
print(Webhook(name="people", url=sys.argv[1], json_data=said).save("people", overwrite=True))
"""
_RAISE = """
    INSERT INTO alerts (organization_id, kind, subject_id, sender_id, counted, total, threshold, window_seconds,
                        paused, raised_at, seen_at, told_at)
    SELECT organization_id, 'failures', id, id, 5, 10, 0.2, 3600, false, now(), now() + interval '1 hour', now()
    FROM senders LIMIT 1
"""


@contextmanager
def hearing() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The address of a listener, and what was posted to it."""
    heard: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keeps the tests' output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_status_counts_open_alerts(stack: StackProcess) -> None:
    assert stack.status()["alerts"] == 0
    with psycopg.connect(stack.addresses["database"], autocommit=True) as database:
        database.execute(_RAISE)
        try:
            assert stack.status()["alerts"] == 1
            assert "1 alert is open; see `tidings alerts`" in stack.run("status").stdout
        finally:
            database.execute("DELETE FROM alerts")


@pytest.mark.long
def test_the_automation_that_we_ship_tells_people(stack: StackProcess, tmp_path: Path) -> None:
    environment = {**stack.environment, "PREFECT_API_URL": stack.addresses["prefect_api"]}

    def prefect(*command: str) -> str:
        run = [sys.executable, *command]
        return subprocess.check_output(run, env=environment, cwd=tmp_path, text=True).strip()

    _set(stack, scripts={phone(number): {"error": 21_211} for number in range(PEOPLE)})
    with hearing() as (url, heard):
        automation = AUTOMATION.read_text().replace(NO_BLOCK, prefect("-c", _BLOCK, url))
        (tmp_path / "alerts.yaml").write_text(automation)
        prefect("-m", "prefect", "automation", "create", "--from-file", "alerts.yaml")
        _send_to_nobody(stack, tmp_path)
        wait_until(lambda: bool(heard), seconds=60)
    _set(stack, scripts=None)
    said = "4 of 4 messages that ended within 60 min failed (100.0%); an alert is raised at 20.0%."
    assert heard[0]["subject"] == "Tidings: Alarming"
    assert heard[0]["body"].startswith(f"{said} (tidings.campaign.failing, tidings.campaign-run.")


def _set(stack: StackProcess, **settings: Any) -> None:
    """Settings of the simulated Twilio."""
    httpx.patch(f"{stack.addresses['simulator']}/simulator/settings", json=settings).raise_for_status()


def _send_to_nobody(stack: StackProcess, folder: Path) -> None:
    """A campaign to people whom the simulated Twilio takes for nobody."""
    write_people(folder / "people.csv", people=PEOPLE)
    (folder / "alarming.yaml").write_text(CAMPAIGN)
    consent = ("--consent-method", "web_form", "--consent-source", "test")
    for command in (
        ("contacts", "import", str(folder / "people.csv"), *consent),
        ("campaign", "create", str(folder / "alarming.yaml")),
        ("campaign", "start", "Alarming"),
    ):
        done = stack.run(*command)
        assert done.returncode == 0, done.stderr
