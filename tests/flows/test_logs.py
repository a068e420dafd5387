"""What flows log, to Prefect and beside it: ids of runs and messages, never a number or a text."""

from functools import partial

import pytest
from prefect.client.orchestration import get_client
from sqlalchemy import text

from flows import direct as direct_flow
from flows.campaign import CampaignOrder, campaign
from flows.sweep import sweep
from tasks.direct import send_direct
from tests.fixtures.sending import Start
from tests.integration.direct.posting import draft, post
from tests.integration.population import phone
from tests.simulator.running import Twilio

pytestmark = pytest.mark.usefixtures("flow_environment")

PEOPLE = 8
TEXT = "Secret-word"
FAULTS = ({"error": 29_999}, {"error": 21_610}, {"error": 21_211}, {"fault": "error_before"})
"""An unknown code, an opt-out, a number that is none, an answer that got lost."""
DIRECT = len(FAULTS) - 1
"""Who gets a direct message too, and whose answer gets lost again."""


@pytest.fixture
def told(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> "Told":
    caplog.set_level("DEBUG")
    return Told(capfd, caplog)


class Told:
    """Everything that was logged: on standard output and error, by Python's loggers, to Prefect's server."""

    def __init__(self, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
        self._capfd = capfd
        self._caplog = caplog

    async def read(self) -> str:
        async with get_client() as client:
            kept = [entry.message for entry in await client.read_logs()]
        captured = self._capfd.readouterr()
        return "\n".join([captured.out, captured.err, self._caplog.text, *kept])


async def test_no_number_and_no_text(
    start: Start, twilio: Twilio, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    await twilio.set(scripts={phone(number): fault for number, fault in enumerate(FAULTS)})
    sending = await start(PEOPLE, rate=400.0, body=TEXT + " for {{ first_name }}")
    await campaign(CampaignOrder(campaign=str(sending.run.campaign_id)), return_state=True)
    monkeypatch.setattr(direct_flow, "send_direct", partial(send_direct, idle_seconds=0.1))
    await post(sending.engine, sending.organization_id, draft(DIRECT, body=TEXT))
    await direct_flow.direct()
    await sweep(return_state=True)
    log = await told.read()
    numbers = [phone(number) for number in range(PEOPLE)]
    assert [secret for secret in (TEXT, "Ada", *numbers, *(one[2:] for one in numbers)) if secret in log] == []
    assert all(word in log for word in ("unknown_code", str(sending.run.id), "Chunk 1"))
    async with sending.engine.connect() as connection:
        lost = await connection.execute(text("SELECT id FROM messages WHERE state = 'unknown' ORDER BY id"))
        ids = lost.scalars().all()
    lines = [line for line in log.splitlines() if "answer_lost" in line]
    assert len(lines) == len(ids) == 2
    assert all(any(f"message_id={id_} " in line for line in lines) for id_ in ids)
