"""Runs the generator against a server, and counts what PostgreSQL holds afterwards."""

import json
import subprocess
import sys
from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.webhooks.generator import Order, Summary
from benchmarks.webhooks.traffic import Call

_STORED = text("SELECT dedupe_key FROM webhook_events WHERE processed_at IS NOT NULL AND error IS NULL")
_ENDED = text("""
    SELECT count(*) FROM unnest(CAST(:sids AS text[]), CAST(:states AS message_state[])) AS e(sid, state)
    JOIN messages m ON m.twilio_sid = e.sid AND m.state = e.state
""")


def generate(order: Order) -> Summary:
    """Has the load posted by a process of its own. Raises `RuntimeError` when that fails."""
    words = [sys.executable, "-m", "benchmarks.webhooks.generator", order.word()]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # noqa: S101  # a pipe was asked for
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("the load generator did not start")
        told, _ = process.communicate("\n")
    if process.returncode:
        raise RuntimeError(f"the load generator ended with status {process.returncode}")
    return Summary(**json.loads(told))


async def missing(connection: AsyncConnection, calls: Iterable[Call]) -> int:
    """How many distinct webhooks of these are not stored and handled."""
    stored = set((await connection.execute(_STORED)).scalars())
    return len({key_of(call) for call in calls} - stored)


async def wrong_ends(connection: AsyncConnection, calls: Iterable[Call]) -> int:
    """How many of the messages do not have the last of the statuses that these calls tell."""
    ends = {call.sid: call.status for call in calls if call.status in ("delivered", "undelivered")}
    values = {"sids": list(ends), "states": list(ends.values())}
    return len(ends) - int((await connection.execute(_ENDED, values)).scalar_one())


def key_of(call: Call) -> str:
    """How the store names a webhook: of two that say the same, one is kept."""
    return f"status:{call.sid}:{call.status}" if call.status else f"inbound:{call.sid}"
