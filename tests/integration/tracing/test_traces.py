"""Traces as a collector gets them: one from the request for a message to its last status, and nothing private."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.settings import Settings
from tasks.chunk import send_due
from tasks.direct import send_direct
from tasks.equipment import open_equipment
from tests.api.v1.client import Client, new_key
from tests.fixtures.sending import Start
from tests.integration.gaps.receiver import ReceiverProcess
from tests.integration.population import phone
from tests.integration.tracing.collector import Collector, collecting
from tests.simulator.running import ACCOUNT_SID, QUICK, Twilio, until

BODY = "Your table is ready, Ada."
STATUS = "POST /webhooks/twilio/status"
POSTED = "POST /api/v1/messages"
REQUEST = "request to Twilio"


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="module")
async def receiver(database_url: str, collector: Collector) -> AsyncIterator[ReceiverProcess]:
    """The API, which tells what it does within a tenth of a second."""
    traced = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    async with ReceiverProcess.at_free_port(database_url, **traced) as receiver:
        yield receiver


@dataclass
class Stage:
    """Tidings with a collector: its API, what it sends with, what was told since the test began."""

    told: Collector
    client: Client
    settings: Settings
    organization_id: UUID

    async def send_direct(self) -> None:
        async with open_equipment(self.settings) as equipment:
            await send_direct(equipment, idle_seconds=0.1)

    async def until_told(self, name: str, *, count: int) -> None:
        await until(lambda: len(self.told.named(name)) >= count)


@pytest.fixture
async def stage(
    collector: Collector,
    receiver: ReceiverProcess,
    committed: AsyncEngine,
    sending_settings: Settings,
    start: Start,
    twilio: Twilio,
) -> AsyncIterator[Stage]:
    await twilio.set(delays=QUICK)
    async with committed.begin() as connection:
        await connection.execute(text("UPDATE organizations SET twilio_account_sid = :sid"), {"sid": ACCOUNT_SID})
    collector.spans, collector.wire = [], b""
    changes = {"otel_exporter_otlp_endpoint": collector.url, "public_base_url": receiver.url}
    async with httpx.AsyncClient(base_url=receiver.url) as http:
        client = Client(http, await new_key(committed))
        organization_id = (await start(0)).organization_id
        yield Stage(collector, client, sending_settings.model_copy(update=changes), organization_id)


async def test_a_message_is_one_trace_from_the_request_to_its_last_status(stage: Stage) -> None:
    posted = await stage.client.post("/messages", {"to": phone(1), "body": BODY})
    await stage.send_direct()
    await stage.until_told(STATUS, count=3)
    told = stage.told
    root, claim, request = told.one(POSTED), told.one("claim"), told.one(REQUEST)
    statuses = told.named(STATUS)
    assert {span.trace for span in (root, claim, request, *statuses)} == {root.trace}
    assert (root.parent, claim.parent, request.parent) == ("", root.id, root.id)
    assert {span.parent for span in statuses} == {request.id}
    assert (root.service, request.service) == ("tidings-api", "tidings-flows")
    message_id = posted.json()["id"]
    assert {span.attributes["tidings.message_id"] for span in (root, claim, request, *statuses)} == {message_id}
    assert root.attributes["tidings.organization_id"] == str(stage.organization_id)
    assert root.attributes["http.response.status_code"] == 202
    assert (request.attributes["tidings.outcome"], request.attributes["tidings.http_status"]) == ("accepted", 201)
    assert "delivered" in {span.attributes["tidings.status"] for span in statuses}


async def test_a_callers_own_trace_goes_on(stage: Stage) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    header = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    await stage.client.post("/messages", {"to": phone(1), "body": BODY}, **header)
    await stage.send_direct()
    assert {stage.told.one(name).trace for name in ("claim", REQUEST)} == {trace}


async def test_many_at_once_and_campaigns_have_spans_of_their_chunks_alone(stage: Stage, start: Start) -> None:
    sending = await start(3)
    people = [{"to": phone(number)} for number in (11, 12)]
    await stage.client.post("/messages/bulk", {"recipients": people, "body": BODY})
    async with open_equipment(stage.settings) as equipment:
        await send_due(equipment, sending.run.id, most=500)
        await send_direct(equipment, idle_seconds=0.1)
    chunks = stage.told.named("send chunk")
    assert [span.attributes["tidings.accepted"] for span in chunks] == [3, 2]
    assert chunks[0].attributes["tidings.run_id"] == str(sending.run.id)
    assert stage.told.named(REQUEST) == stage.told.named("claim") == []


async def test_what_became_of_a_request_is_told(stage: Stage, twilio: Twilio) -> None:
    await twilio.set(faults={"error_after": 1.0})
    await stage.client.post("/messages", {"to": phone(1), "body": BODY})
    await stage.send_direct()
    attributes = stage.told.one(REQUEST).attributes
    assert (attributes["tidings.recorded"], attributes["tidings.outcome"]) == ("unknown", "unknown")


async def test_no_number_and_no_text_is_told(stage: Stage) -> None:
    await stage.client.post("/messages", {"to": phone(1), "body": BODY})
    await stage.client.post("/messages", {"to": BODY, "body": phone(1)})
    await stage.client.get(f"/contacts/{phone(1)}?phone={phone(1)}")
    await stage.client.request("PURGE", f"/{phone(1)}")
    await stage.send_direct()
    await stage.until_told(STATUS, count=3)
    await stage.until_told("_OTHER /api/v1", count=1)
    for private in (phone(1), phone(1)[1:], BODY, "table is ready", stage.client.key):
        assert private.encode() not in stage.told.wire
