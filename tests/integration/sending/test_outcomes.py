"""Each thing that Twilio or the network can do to a request, and what the database says afterwards."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from messaging.settings import Settings
from models.campaigns.starting import resume_after_fix
from models.columns import utc_now
from models.senders import load_sender
from tasks.equipment import Equipment, open_equipment
from tests.fixtures.sending import Start
from tests.integration.population import phone
from tests.simulator.running import Twilio


@dataclass(frozen=True)
class Expected:
    """The row's state afterwards, and what of it is kept."""

    state: str
    code: int | None = None
    failed_at: str | None = None
    tries: int = 0


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        pytest.param({"error": 21211}, Expected("failed", 21211, "request"), id="invalid number"),
        pytest.param({"error": 21614}, Expected("failed", 21614, "request"), id="landline"),
        pytest.param({"error": 21610}, Expected("failed", 21610, "request"), id="opted out at Twilio"),
        pytest.param({"error": 99999}, Expected("failed", 99999, "request"), id="a code nobody knows"),
        pytest.param({"error": 20429}, Expected("planned", 20429, tries=1), id="too many requests"),
        pytest.param({"error": 21611}, Expected("planned", 21611, tries=1), id="queue full"),
        pytest.param({"fault": "too_many_requests"}, Expected("planned", 20429, tries=1), id="429"),
        pytest.param({"fault": "error_before"}, Expected("unknown", 20500), id="500, not accepted"),
        pytest.param({"fault": "error_after"}, Expected("unknown", 20500), id="500, accepted"),
        pytest.param({"fault": "reset_before"}, Expected("unknown"), id="reset before acceptance"),
        pytest.param({"fault": "reset_after"}, Expected("unknown"), id="answer lost"),
        pytest.param({"fault": "timeout_after"}, Expected("unknown"), id="no answer in time"),
        pytest.param({"fault": "malformed"}, Expected("unknown"), id="201 without JSON"),
        pytest.param({"fault": "truncated"}, Expected("unknown"), id="201 cut off"),
        pytest.param({"fault": "no_sid"}, Expected("unknown"), id="201 without a SID"),
    ],
)
async def test_outcome_of_a_request(
    start: Start, equipment: Equipment, twilio: Twilio, script: dict[str, Any], expected: Expected
) -> None:
    await twilio.set(scripts={phone(0): script})
    sending = await start(2)
    await sending.chunk(equipment)
    rows = await sending.rows()
    row = rows[phone(0)]
    assert Expected(row.state, row.error_code, row.failed_at, row.tries) == expected
    assert rows[phone(1)].state == "accepted"
    assert row.claim_id is None if expected.state == "planned" else row.claim_id is not None


async def test_unknown_is_never_sent_again(start: Start, equipment: Equipment, twilio: Twilio) -> None:
    await twilio.set(scripts={phone(0): {"fault": "reset_after"}})
    sending = await start(1)
    for _ in range(3):
        await sending.chunk(equipment)
    assert len((await twilio.get("messages"))["messages"]) == 1
    assert await sending.states() == Counter(unknown=1)


async def test_an_opt_out_at_twilio_writes_the_ledger(start: Start, equipment: Equipment, twilio: Twilio) -> None:
    await twilio.set(scripts={phone(0): {"error": 21610}})
    sending = await start(1)
    await sending.chunk(equipment)
    async with equipment.engine.connect() as connection:
        consents = await connection.execute(text("SELECT message_type, state FROM consents ORDER BY 1"))
        assert [tuple(row) for row in consents] == [("marketing", "opted_out"), ("transactional", "opted_out")]
        methods = await connection.execute(
            text("SELECT DISTINCT method FROM consent_events WHERE state_after = 'opted_out'")
        )
        assert methods.scalars().all() == ["carrier"]


async def test_wrong_credentials_pause_the_sender_and_keep_everyone(
    start: Start, sending_settings: Settings
) -> None:
    sending = await start(5)
    wrong = sending_settings.model_copy(update={"twilio_auth_token": SecretStr("not-the-token")})
    async with open_equipment(wrong) as equipment:
        await sending.chunk(equipment)
    assert await sending.states() == Counter(planned=5)
    reason = (await sending.reload()).stopped_because
    assert reason is not None
    assert "TWILIO_AUTH_TOKEN" in reason
    async with open_equipment(sending_settings) as equipment:
        assert (await sending.chunk(equipment)).taken == 0
        async with equipment.engine.begin() as connection:
            sender = await load_sender(connection, sending.run.sender_id)
            await resume_after_fix(connection, await sending.reload(), sender=sender, now=utc_now())
        await sending.chunk(equipment)
    assert await sending.states() == Counter(accepted=5)


async def test_a_country_that_is_not_enabled_waits_alone(
    start: Start, equipment: Equipment, twilio: Twilio
) -> None:
    await twilio.set(scripts={phone(0): {"error": 21408}})
    sending = await start(3)
    async with equipment.engine.begin() as connection:
        await connection.execute(text("UPDATE messages SET country = 'AU' WHERE phone <> :us"), {"us": phone(2)})
    await sending.chunk(equipment)
    states = {number: row.state for number, row in (await sending.rows()).items()}
    assert states[phone(0)] == "planned"
    assert states[phone(2)] == "accepted"
    assert (await sending.reload()).stopped_because is None
    async with equipment.engine.connect() as connection:
        paused = await connection.execute(text("SELECT country, reason FROM country_pauses"))
        assert [row.country for row in paused] == ["AU"]


async def test_nothing_listening_is_not_sent_and_tried_again(start: Start, sending_settings: Settings) -> None:
    sending = await start(2)
    nowhere = sending_settings.model_copy(update={"twilio_api_base_url": "http://127.0.0.1:9"})
    async with open_equipment(nowhere) as equipment:
        await sending.chunk(equipment)
    rows = await sending.rows()
    assert {(row.state, row.tries) for row in rows.values()} == {("planned", 1)}
    assert all(row.send_after > row.created_at for row in rows.values())


@pytest.mark.parametrize(
    ("code", "kind"),
    [pytest.param(99999, "unknown_code", id="unknown code"), pytest.param(20404, "scope_paused", id="pause")],
)
async def test_what_people_must_see_is_an_incident(
    start: Start, equipment: Equipment, twilio: Twilio, code: int, kind: str
) -> None:
    await twilio.set(scripts={phone(0): {"error": code}})
    sending = await start(1)
    await sending.chunk(equipment)
    async with equipment.engine.connect() as connection:
        found = await connection.execute(text("SELECT kind, detail->>'code' AS code FROM incidents"))
        assert [(row.kind, row.code) for row in found] == [(kind, str(code))]
