"""`python -m simulator`: reads options, credentials and settings, and serves."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from simulator.credentials import credentials_from
from simulator.errors import SimulatorError
from simulator.server import run
from simulator.settings import Settings, changed, merge

EXAMPLE = """example:
  SIMULATOR_ACCOUNT_SID=AC0123456789abcdef0123456789abcdef SIMULATOR_AUTH_TOKEN=secret \\
    python -m simulator --port 8010 --inbound-url http://127.0.0.1:8000/webhooks/twilio/inbound \\
    --set outcomes.undelivered=0.03 --set people.stop=0.02 --set faults.reset_after=0.01
"""


def options(arguments: list[str]) -> argparse.Namespace:
    """The command line, parsed."""
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description="A Twilio to try everything on. Credentials come from SIMULATOR_ACCOUNT_SID, "
        "SIMULATOR_AUTH_TOKEN and, optionally, SIMULATOR_API_KEY_SID and SIMULATOR_API_KEY_SECRET.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8010, help="0 takes a free one")
    parser.add_argument("--config", type=Path, metavar="FILE.json", help="the settings object, or a part of it")
    parser.add_argument("--seed", type=int, help="repeats a run's luck")
    parser.add_argument("--inbound-url", metavar="URL", help="where people's messages are posted")
    parser.add_argument("--rate", type=float, help="segments per second of each Messaging Service")
    parser.add_argument("--latency", type=float, metavar="SECONDS", help="before a create request is accepted")
    parser.add_argument("--print-settings", action="store_true", help="print the settings object, and end")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=JSON", help="any setting, dotted")
    return parser.parse_args(arguments)


def settings_from(given: argparse.Namespace) -> Settings:
    """Settings from --config, then the named options, then --set. Raises `SimulatorError`."""
    patch = _config(given.config) if given.config else {}
    named = {"seed": given.seed, "inbound_url": given.inbound_url, "segments_per_second": given.rate}
    patch = merge(patch, {name: value for name, value in named.items() if value is not None})
    if given.latency is not None:
        patch = merge(patch, {"latency": {"low": given.latency, "high": given.latency}})
    for assignment in given.set:
        patch = merge(patch, _assignment(assignment))
    return changed(Settings(), patch)


def _config(path: Path) -> dict[str, Any]:
    try:
        config = json.loads(path.read_text())
    except OSError as error:
        raise SimulatorError(f"Cannot read {path}: {error.strerror}.") from None
    except ValueError as error:
        raise SimulatorError(f"{path} is not JSON: {error}.") from None
    if not isinstance(config, dict):
        raise SimulatorError(f"{path} must hold one JSON object.")
    return config


def _assignment(text: str) -> dict[str, Any]:
    """`faults.reset_after=0.1` as nested objects; a value that is not JSON is taken as text."""
    name, equals, written = text.partition("=")
    if not equals:
        raise SimulatorError(f"--set {text} has no value; write NAME=JSON.")
    try:
        value = json.loads(written)
    except ValueError:
        value = written
    *outer, last = name.split(".")
    patch = {last: value}
    for part in reversed(outer):
        patch = {part: patch}
    return patch


def main() -> int:
    """Runs the simulator; 2 when it was started wrongly."""
    try:
        given = options(sys.argv[1:])
        settings = settings_from(given)
        if given.print_settings:
            sys.stdout.write(settings.model_dump_json(indent=2) + "\n")
            return 0
        credentials = credentials_from(os.environ)
        run(host=given.host, port=given.port, credentials=credentials, settings=settings)
    except SimulatorError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
