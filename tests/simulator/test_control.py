"""The control API, the page, and the command line."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.running import ENVIRONMENT, SERVICE, Twilio, simulator_process

TO = "+12125550101"


async def test_settings_merge_and_null_restores_the_default(twilio: Twilio) -> None:
    changed = await twilio.set(seed=9, outcomes={"failed": 0.5}, scripts={TO: {"error": 21211}})
    assert (changed["seed"], changed["outcomes"]["failed"]) == (9, 0.5)
    assert changed["outcomes"]["undelivered_codes"] == [30003, 30005, 30006]
    assert await twilio.get("settings") == changed
    restored = await twilio.set(seed=None, outcomes=None, scripts={TO: None})
    assert (restored["seed"], restored["outcomes"]["failed"], restored["scripts"]) == (1, 0, {})


@pytest.mark.parametrize(
    ("patch", "named"),
    [
        ({"sead": 1}, "sead"),
        ({"faults": {"error_before": 1.5}}, "faults.error_before"),
        ({"faults": {"error_before": 0.6, "error_after": 0.6}}, "faults"),
        ({"outcomes": {"failed": 0.6, "undelivered": 0.6}}, "outcomes"),
        ({"delays": {"sent": {"low": 2, "high": 1}}}, "delays.sent"),
        ({"people": {"texts": []}}, "people.texts"),
    ],
)
async def test_wrong_settings_are_named_and_change_nothing(
    twilio: Twilio, patch: dict[str, Any], named: str
) -> None:
    before = await twilio.get("settings")
    answer = await twilio.request("PATCH", "/simulator/settings", json=patch)
    assert answer.status == 400
    assert f"Setting {named} " in answer.json["error"]
    assert await twilio.get("settings") == before


@pytest.mark.parametrize("body", ["no json", "[]"])
async def test_a_patch_is_a_json_object(twilio: Twilio, body: str) -> None:
    assert (await twilio.request("PATCH", "/simulator/settings", data=body)).status == 400


async def test_the_log_tells_what_came_and_what_was_answered(twilio: Twilio) -> None:
    before = time.monotonic()
    created = (await twilio.create(TO, "Grüße", StatusCallback="http://127.0.0.1:9/x?id=1")).json
    await twilio.create("+12125550102", "")
    first, second = (await twilio.get("messages"))["messages"]
    assert first["params"] == {
        "To": [TO],
        "MessagingServiceSid": [SERVICE],
        "Body": ["Grüße"],
        "StatusCallback": ["http://127.0.0.1:9/x?id=1"],
    }
    assert (first["sid"], first["answer"], first["accepted"]) == (created["sid"], 201, True)
    assert (second["sid"], second["answer"], second["error_code"]) == (None, 400, 21602)
    assert before <= first["received_monotonic"] <= first["answered_monotonic"] <= time.monotonic()


async def test_the_log_is_read_in_parts_and_by_recipient(twilio: Twilio) -> None:
    for number in range(5):
        await twilio.create(f"+1212555010{number % 2}", f"text {number}")
    part = await twilio.get("messages?limit=2")
    assert [entry["body"] for entry in part["messages"]] == ["text 0", "text 1"]
    rest = await twilio.get(f"messages?limit=3&after={part['next_after']}")
    assert [entry["body"] for entry in rest["messages"]] == ["text 2", "text 3", "text 4"]
    assert rest["next_after"] is None
    to_one = await twilio.get("messages?to=%2B12125550101")
    assert [entry["number"] for entry in to_one["messages"]] == [2, 4]
    lines = (await twilio.get("messages?format=ndjson")).splitlines()
    assert [json.loads(line)["number"] for line in lines] == [1, 2, 3, 4, 5]


async def test_reset_forgets_all_but_the_settings(twilio: Twilio) -> None:
    await twilio.set(seed=5)
    await twilio.create(TO)
    await twilio.request("POST", "/simulator/reset")
    stats = await twilio.get("stats")
    assert (stats["messages_kept"], stats["under_way"], "requests" in stats) == (0, 0, False)
    assert (await twilio.get("messages"))["messages"] == []
    assert (await twilio.get("settings"))["seed"] == 5


@pytest.mark.parametrize(
    ("message", "word"),
    [({"body": "x"}, "from"), ({"from": TO, "body": "x"}, "to"), ({"from": TO, "boddy": "x"}, "boddy")],
)
async def test_an_inbound_request_that_is_wrong(twilio: Twilio, message: dict[str, str], word: str) -> None:
    await twilio.set(inbound_url="http://127.0.0.1:9/")
    answer = await twilio.request("POST", "/simulator/inbound", json=message)
    assert answer.status == 400
    assert word in answer.json["error"]


async def test_the_page_shows_messages_and_escapes_them(twilio: Twilio) -> None:
    await twilio.create(TO, "<script>alert(1)</script>")
    page = (await twilio.request("GET", "/")).json
    assert TO in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert (await twilio.get("health")) == {"status": "ok"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_starts_and_ends_promptly(number: signal.Signals) -> None:
    began = time.monotonic()
    command = [sys.executable, "-m", "simulator", "--port", "0"]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "listening on http://127.0.0.1:" in process.stdout.readline()
        assert time.monotonic() - began < 5
        process.send_signal(number)
        assert process.wait(3) == 0


def test_options_and_the_file_make_the_settings(tmp_path: Path) -> None:
    config = tmp_path / "settings.json"
    config.write_text(json.dumps({"seed": 3, "outcomes": {"failed": 0.1}, "people": {"reply": 0.2}}))
    options = ["--config", str(config), "--seed", "4", "--rate", "20", "--latency", "0.5"]
    assignments = ["--set", "outcomes.failed=0.3", "--set", "inbound_url=http://127.0.0.1:9/in"]
    command = [sys.executable, "-m", "simulator", "--print-settings", *options, *assignments]
    settings = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    assert (settings["seed"], settings["segments_per_second"]) == (4, 20)
    assert settings["latency"] == {"low": 0.5, "high": 0.5}
    assert (settings["outcomes"]["failed"], settings["people"]["reply"]) == (0.3, 0.2)
    assert settings["inbound_url"] == "http://127.0.0.1:9/in"


@pytest.mark.parametrize(
    ("options", "without", "says"),
    [
        ([], "SIMULATOR_AUTH_TOKEN", "SIMULATOR_AUTH_TOKEN is not set"),
        (["--set", "seed"], "", "--set seed has no value"),
        (["--set", "sead=1"], "", "Setting sead is refused"),
        (["--config", "nowhere.json"], "", "Cannot read nowhere.json"),
    ],
    ids=["no token", "no value", "unknown setting", "no file"],
)
def test_a_wrong_start_says_what_to_do(options: list[str], without: str, says: str) -> None:
    environment = {name: value for name, value in ENVIRONMENT.items() if name != without}
    command = [sys.executable, "-m", "simulator", "--port", "0", *options]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert says in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_a_port_that_is_taken() -> None:
    with simulator_process() as url:
        command = [sys.executable, "-m", "simulator", "--port", url.rpartition(":")[2]]
        run = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "choose another --port" in run.stderr
