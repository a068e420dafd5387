"""What is handed to Twilio ahead of its time, what is kept here instead, and what Twilio refuses to keep."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from models.policy.store import set_policy
from models.senders import MessageType
from tasks.settling import settle_all
from tests.integration.at_twilio.conftest import HOUR, NOW, Desk
from tests.integration.direct.posting import WHATSAPP_ADDRESS, add_whatsapp_sender, hear
from tests.integration.population import add_contact, phone
from tests.integration.settling.conftest import let_grace_pass

DAY = timedelta(days=1)


async def test_twilio_keeps_it_and_sends_it_at_its_time(desk: Desk) -> None:
    planned = await desk.ask(send_at=NOW + HOUR + timedelta(milliseconds=1))
    await desk.send()
    row = await desk.row(planned)
    assert (row["state"], row["send_at_twilio"]) == ("scheduled", NOW + HOUR + timedelta(milliseconds=1))
    [request] = await desk.requests()
    asked = {name: request["params"][name] for name in ("ScheduleType", "SendAt")}
    assert asked == {"ScheduleType": ["fixed"], "SendAt": ["2026-03-09T16:00:01Z"]}
    await desk.time_passes_at_twilio(NOW + HOUR)
    assert await desk.status_at_twilio(planned) == "scheduled"
    await desk.time_passes_at_twilio(NOW + HOUR + timedelta(seconds=1))
    await desk.twilio.until_status(row["twilio_sid"], "delivered")


KEPT_HERE: dict[str, dict[str, Any]] = {
    "nearer than Twilio takes it, and a margin": {"send_at": NOW + timedelta(minutes=6)},
    "marketing, whose caps count when it leaves": {"message_type": MessageType.MARKETING},
    "WhatsApp, whose window must be open then": {"channel": "whatsapp"},
}


@pytest.mark.parametrize("terms", KEPT_HERE.values(), ids=KEPT_HERE)
async def test_what_twilio_cannot_keep_waits_here(desk: Desk, terms: dict[str, Any]) -> None:
    terms = {"send_at": NOW + HOUR, **terms}
    async with desk.engine.begin() as connection:
        await add_whatsapp_sender(connection, desk.organization_id)
        await add_contact(connection, desk.organization_id, phone(1), consent={"marketing": "opted_in"})
        thread = {"address": WHATSAPP_ADDRESS, "channel": "whatsapp"}
        await hear(connection, desk.organization_id, phone(1), hours_ago=1, **thread)
        await connection.execute(text("UPDATE conversations SET last_inbound_at = :at"), {"at": NOW})
    planned = await desk.ask(**terms)
    await desk.send()
    row = await desk.row(planned)
    assert (row["state"], row["send_after"], row["send_at_twilio"]) == ("planned", terms["send_at"], None)
    assert await desk.requests() == []
    await desk.leaves_at(planned, terms["send_at"])


async def test_what_was_not_handed_over_in_time_leaves_at_once(desk: Desk) -> None:
    """After an outage."""
    await desk.leaves_at(await desk.ask(), NOW + 2 * HOUR)


async def test_a_plain_number_never_schedules(desk: Desk) -> None:
    """Twilio would drop the time of a message without a Messaging Service, and send it at once."""
    planned = await desk.ask()
    async with desk.engine.begin() as connection:
        await connection.execute(text("UPDATE senders SET address = '+14155550155'"))
    await desk.send()
    row = await desk.row(planned)
    assert (row["state"], row["send_after"], row["send_at_twilio"]) == ("planned", NOW + HOUR, None)
    assert await desk.requests() == []


async def test_what_is_too_far_ahead_is_handed_over_when_twilio_takes_it(desk: Desk) -> None:
    send_at = NOW + 40 * DAY
    planned = await desk.ask(send_at=send_at)
    await desk.send()
    assert await desk.requests() == []
    desk.now = NOW + 6 * DAY
    await desk.time_passes_at_twilio(desk.now)
    await desk.send()
    assert (await desk.row(planned))["state"] == "scheduled"


@pytest.mark.parametrize("code", [35114, 35118, 35125])
async def test_what_twilio_refuses_to_keep_waits_here_and_pauses_nothing(
    desk: Desk, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.alarms.emit_event", lambda **_event: None)
    await desk.twilio.set(scripts={phone(1): {"error": code}})
    refused = await desk.ask(1)
    await desk.kept(2)
    row = await desk.row(refused)
    assert (row["state"], row["send_after"], row["send_at_twilio"]) == ("planned", NOW + HOUR, None)
    assert (row["error_code"], await desk.incidents()) == (code, [("twilio_warning", str(code))])
    await desk.twilio.set(scripts=None)
    await desk.leaves_at(refused, NOW + HOUR)


@pytest.mark.parametrize(
    ("fault", "requests"),
    [("reset_after", 1), ("truncated", 1), ("error_after", 1), ("reset_before", 2), ("error_before", 2)],
)
async def test_a_lost_answer_is_settled_and_nothing_is_scheduled_twice(
    desk: Desk, fault: str, requests: int
) -> None:
    await desk.twilio.set(faults={fault: 1.0})
    planned = await desk.ask()
    await desk.send()
    await desk.twilio.set(faults=None)
    assert (await desk.row(planned))["state"] == "unknown"
    await let_grace_pass(desk.tools)
    await settle_all(desk.tools)
    await desk.send()
    assert (await desk.row(planned))["state"] == "scheduled"
    seen = await desk.requests()
    assert (len(seen), [entry["message_status"] for entry in seen if entry["sid"]]) == (requests, ["scheduled"])


async def test_an_answer_lost_until_its_time_is_near_is_sent_from_here(desk: Desk) -> None:
    await desk.twilio.set(faults={"reset_before": 1.0})
    planned = await desk.ask()
    await desk.send()
    await desk.twilio.set(faults=None)
    await let_grace_pass(desk.tools)
    desk.now = NOW + timedelta(minutes=55)
    await settle_all(desk.tools)
    await desk.send()
    row = await desk.row(planned)
    assert (row["state"], row["send_after"], row["send_at_twilio"]) == ("planned", NOW + HOUR, None)


@pytest.mark.parametrize(
    ("due", "state"),
    [
        pytest.param(datetime.fromisoformat("2026-03-09T20:00:00-04:00"), "scheduled", id="in allowed hours"),
        pytest.param(datetime.fromisoformat("2026-03-10T05:00:00-04:00"), "planned", id="in the night"),
    ],
)
async def test_hours_are_those_of_the_time_at_which_it_arrives(desk: Desk, due: datetime, state: str) -> None:
    """Now is noon in New York; the policy's hours hold for every message, and end at nine in the evening."""
    async with desk.engine.begin() as connection:
        written = "quiet_hours:\n  applies_to: [marketing, transactional]\n"
        await set_policy(connection, desk.organization_id, written, actor="a test", now=NOW)
        await add_contact(connection, desk.organization_id, phone(101))
    desk.tools.settings.tidings_quiet_hours = True
    planned = await desk.ask(101, send_at=due)
    await desk.send()
    row = await desk.row(planned)
    assert row["state"] == state
    assert (row["send_at_twilio"] is None) == (state == "planned")
