"""A chunk sends to everyone once, at the rate, through the right service, and stops when told to."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from messaging.settings import Settings
from models.columns import utc_now
from models.consent.opt_out import opt_out
from models.consent.tables import ConsentMethod
from tasks.equipment import Equipment, open_equipment
from tests.conftest import MARKETING_SERVICE
from tests.fixtures.sending import Start
from tests.integration.population import phone
from tests.simulator.running import ACCOUNT_SID, API_KEY_SECRET, API_KEY_SID, Twilio


async def _log(twilio: Twilio) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = (await twilio.get("messages"))["messages"]
    return entries


async def test_everyone_gets_one_message_with_all_that_twilio_needs(
    start: Start, equipment: Equipment, twilio: Twilio
) -> None:
    sending = await start(3)
    tally = await sending.chunk(equipment)
    assert (tally.taken, tally.results) == (3, Counter(accepted=3))
    log = await _log(twilio)
    rows = await sending.rows()
    assert sorted(str(entry["to"]) for entry in log) == [phone(0), phone(1), phone(2)]
    for entry in log:
        row = rows[str(entry["to"])]
        assert entry["messaging_service_sid"] == MARKETING_SERVICE
        assert entry["body"] == "Hi Ada"
        assert entry["status_callback"] == f"http://127.0.0.1:9/webhooks/twilio/status?m={row.id}&a=1#rc=5&rp=all"
        assert entry["params"].keys() == {"To", "MessagingServiceSid", "Body", "StatusCallback", "ValidityPeriod"}
        assert entry["credential"] == "auth_token"
        assert (row.twilio_sid, row.account_sid, row.http_status) == (entry["sid"], ACCOUNT_SID, 201)
        assert (row.body, row.encoding, row.segments) == ("Hi Ada", "GSM-7", 1)


async def test_an_api_key_signs_requests_where_one_is_set(
    start: Start, sending_settings: Settings, twilio: Twilio
) -> None:
    sending = await start(1)
    key = {"twilio_api_key_sid": API_KEY_SID, "twilio_api_key_secret": SecretStr(API_KEY_SECRET)}
    async with open_equipment(sending_settings.model_copy(update=key)) as equipment:
        await sending.chunk(equipment)
    assert [entry["credential"] for entry in await _log(twilio)] == ["api_key"]
    assert (await sending.rows())[phone(0)].account_sid == ACCOUNT_SID


async def test_sending_again_sends_nothing(start: Start, equipment: Equipment, twilio: Twilio) -> None:
    sending = await start(5)
    await sending.chunk(equipment)
    assert (await sending.chunk(equipment)).taken == 0
    assert len(await _log(twilio)) == 5


async def test_workers_share_the_work_and_the_rate(start: Start, equipment: Equipment, twilio: Twilio) -> None:
    sending = await start(160, rate=40.0)
    tallies = await asyncio.gather(*(sending.chunk(equipment, most=100) for _ in range(3)))
    assert sum(tally.taken for tally in tallies) == 160
    log = await _log(twilio)
    counts = Counter(entry["to"] for entry in log)
    assert (len(counts), set(counts.values())) == (160, {1})
    began = sorted(float(str(entry["received_monotonic"])) for entry in log)
    assert began[-1] - began[0] > 160 / 40 * 0.95
    in_half_a_second = max(sum(first <= other < first + 0.5 for other in began) for first in began)
    assert in_half_a_second < 40 * 0.5 * 1.5


async def test_an_opt_out_is_obeyed_within_a_second_of_its_commit(
    start: Start, equipment: Equipment, twilio: Twilio
) -> None:
    sending = await start(200, rate=40.0)
    chunk = asyncio.create_task(sending.chunk(equipment))
    await asyncio.sleep(0.6)
    everyone = [phone(number) for number in range(200)]
    async with equipment.engine.begin() as connection:
        await opt_out(
            connection,
            organization_id=sending.organization_id,
            phones=everyone,
            method=ConsentMethod.KEYWORD,
            source="STOP",
            message_sids=[None] * 200,
            now=utc_now(),
        )
    told = asyncio.get_running_loop().time()  # CLOCK_MONOTONIC, as the simulator's log
    await chunk
    late = [entry for entry in await _log(twilio) if float(str(entry["received_monotonic"])) > told + 1.0]
    assert late == []
    states = await sending.states()
    assert states["skipped"] > 100
    assert {row.skip_reason for row in (await sending.rows()).values() if row.state == "skipped"} == {"opted_out"}


async def test_a_pause_returns_what_was_claimed(start: Start, equipment: Equipment, twilio: Twilio) -> None:
    sending = await start(200, rate=80.0)
    chunk = asyncio.create_task(sending.chunk(equipment))
    await asyncio.sleep(0.6)
    async with equipment.engine.begin() as connection:
        await connection.execute(text("UPDATE campaign_runs SET state = 'paused'"))
    await chunk
    sent = len(await _log(twilio))
    states = await sending.states()
    assert states["claimed"] == 0
    assert states["planned"] == 200 - sent


async def test_a_cancelled_chunk_loses_and_doubles_nobody(
    start: Start, equipment: Equipment, twilio: Twilio
) -> None:
    await twilio.set(latency={"low": 0.2, "high": 0.2})
    sending = await start(120, rate=100.0)
    chunk = asyncio.create_task(sending.chunk(equipment))
    await asyncio.sleep(0.7)
    chunk.cancel()
    with pytest.raises(asyncio.CancelledError):
        await chunk
    states = await sending.states()
    assert states["claimed"] == 0
    assert states["planned"] == 120 - len(await _log(twilio))
    await sending.chunk(equipment)
    counts = Counter(entry["to"] for entry in await _log(twilio))
    assert (len(counts), set(counts.values())) == (120, {1})


async def test_a_claim_near_the_end_of_its_lease_sends_nothing(
    start: Start, sending_settings: Settings, twilio: Twilio
) -> None:
    sending = await start(3)
    short = {"tidings_lease_seconds": 2.0, "tidings_request_seconds": 2.0}
    async with open_equipment(sending_settings.model_copy(update=short)) as equipment:
        chunk = asyncio.create_task(sending.chunk(equipment, most=3))
        await chunk
    assert await _log(twilio) == []
    assert await sending.states() == Counter(planned=3)
