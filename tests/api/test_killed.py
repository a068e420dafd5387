"""kill -9 of the receiver and of PostgreSQL under load, while Twilio repeats: nothing lost, nothing doubled."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.webhooks.caller import AGAIN_AFTER, Caller, Heard
from benchmarks.webhooks.outbox import hand_over
from benchmarks.webhooks.traffic import Call, Source, traffic
from messaging.settings import Settings
from messaging.statuses import MessageState, greatest
from models.engine import open_engine
from tests.api.killing import Mortals, mortals
from tests.conftest import MARKETING_SERVICE
from tests.integration.outbox import rows
from tests.simulator.running import ACCOUNT_SID, AUTH_TOKEN


async def test_kill_9_in_short(tmp_path: Path, settings: Settings) -> None:
    await _under_load(tmp_path, settings, messages=300, per_second=200, blows=1)


@pytest.mark.long
async def test_kill_9_under_500_a_second(tmp_path: Path, settings: Settings) -> None:
    await _under_load(tmp_path, settings, messages=9_000, per_second=500, blows=3)


async def _under_load(folder: Path, settings: Settings, *, messages: int, per_second: float, blows: int) -> None:
    async with (
        mortals(folder, settings) as (there, own),
        open_engine(own, application="tests") as engine,
    ):
        async with engine.begin() as connection:
            organization_id = (await rows(connection, "SELECT id FROM organizations"))[0][0]
            await hand_over(connection, organization_id, messages=messages)
        source = Source(ACCOUNT_SID, AUTH_TOKEN, MARKETING_SERVICE, there.receiver.url)
        calls = traffic(source, messages=messages, seed=7)
        heard = await _post(there, calls, per_second=per_second, blows=blows)
        assert heard.repeats > 0
        assert heard.good() == len(calls)
        async with engine.connect() as connection:
            await _judge(connection, calls, messages=messages)


async def _post(there: Mortals, calls: Sequence[Call], *, per_second: float, blows: int) -> Heard:
    """Posts them all, killing first the one and then the other in even distances."""
    port = int(there.receiver.url.rpartition(":")[2])
    caller = Caller(port, connections=64, again_after=AGAIN_AFTER)
    posting = asyncio.create_task(caller.at_rate(calls, per_second=per_second))
    between = len(calls) / per_second / (2 * blows + 1)
    for _ in range(blows):
        await asyncio.sleep(between)
        await there.kill_receiver()
        await asyncio.sleep(between)
        await there.kill_postgres()
    return await posting


async def _judge(connection: AsyncConnection, calls: Sequence[Call], *, messages: int) -> None:
    """Against an oracle that knows nothing but what was posted and answered 2xx: here, all of it."""
    statuses = {(call.sid, call.status) for call in calls if call.status}
    inbound = {call.sid: call.body for call in calls if not call.status}
    kept = await rows(connection, "SELECT dedupe_key FROM webhook_events WHERE processed_at IS NOT NULL")
    expected = {f"status:{sid}:{status}" for sid, status in statuses} | {f"inbound:{sid}" for sid in inbound}
    assert Counter(key for (key,) in kept) == Counter(expected)
    events = await rows(connection, "SELECT twilio_sid, status::text FROM message_events")
    assert Counter((sid, status) for sid, status in events) == Counter(statuses)
    states = await rows(connection, "SELECT twilio_sid, state::text FROM messages WHERE direction = 'outbound'")
    assert len(states) == messages
    assert {str(sid): state for sid, state in states} == _ends(statuses)
    received = await rows(connection, "SELECT twilio_sid, body FROM messages WHERE direction = 'inbound'")
    assert Counter((sid, body) for sid, body in received) == Counter(inbound.items())
    refused = await rows(connection, "SELECT count(DISTINCT phone) FROM consents WHERE state = 'opted_out'")
    assert refused == [(Counter(inbound.values())["STOP"],)]
    assert await rows(connection, "SELECT kind FROM incidents") == []


def _ends(statuses: set[tuple[str, str]]) -> dict[str, str]:
    ends: dict[str, MessageState] = {}
    for sid, status in statuses:
        ends[sid] = greatest(ends.get(sid, MessageState.ACCEPTED), MessageState(status))
    return {sid: state.value for sid, state in ends.items()}
