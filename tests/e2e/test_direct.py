"""A direct message through the whole stack: the first one starts its sender, the next ones find it at work."""

import json
from datetime import datetime
from typing import Any

import pytest

from tests.e2e.stack_process import StackProcess
from tests.integration.population import phone

pytestmark = pytest.mark.long

COLD_SECONDS, WARM_SECONDS = 20.0, 1.0


def _seconds_to_twilio(stack: StackProcess, number: int) -> float:
    sent = stack.run("messages", "send", "--to", phone(number), "--body", "Hello", "--wait", "--json")
    assert sent.returncode == 0, sent.stderr
    shown = stack.run("messages", "show", str(json.loads(sent.stdout)["id"]), "--json")
    message: dict[str, Any] = json.loads(shown.stdout)
    planned, answered = (datetime.fromisoformat(message[name]) for name in ("created_at", "answered_at"))
    return (answered - planned).total_seconds()


def test_a_cold_sender_starts_and_a_warm_one_sends_within_a_second(stack: StackProcess) -> None:
    cold = _seconds_to_twilio(stack, 1)
    warm = [_seconds_to_twilio(stack, number) for number in range(2, 7)]
    print(f"cold {cold:.2f} s, warm {warm}")  # noqa: T201 (the figures are worth seeing)
    assert cold < COLD_SECONDS
    assert sorted(warm)[len(warm) // 2] < WARM_SECONDS
