"""What Twilio keeps and nobody wants any more is canceled there, until Twilio confirms it; what left is told."""

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from models.incidents import IncidentKind
from models.messages.at_twilio.canceling import SOON, leaves_soon
from models.messages.direct.drafts import PlannedDirect
from models.pacing import Grant
from models.polling.candidates import overdue_messages
from tasks.alerts import tend_alerts
from tasks.direct import send_direct
from tasks.dispatch import Dispatch
from tasks.scheduled_at_twilio import CancelTally, cancel_withdrawn
from tasks.settling import settle_all
from tests.integration.at_twilio.conftest import HOUR, NOW, Desk
from tests.integration.population import phone
from tests.integration.settling.conftest import let_grace_pass
from tests.simulator.running import MESSAGES, until

TOO_LATE = (IncidentKind.SENT_THOUGH_WITHDRAWN.value, None)
LOST_BEFORE = ["error_before", "reset_before", "timeout_before", "too_many_requests"]
LOST_AFTER = ["error_after", "reset_after", "timeout_after", "malformed", "truncated", "no_sid"]


async def test_what_was_taken_back_is_canceled_and_the_rest_is_sent(desk: Desk) -> None:
    wanted, unwanted = await desk.kept(1), await desk.kept(2)
    await desk.withdraw(unwanted)
    assert await cancel_withdrawn(desk.tools) == CancelTally(canceled=1)
    assert await cancel_withdrawn(desk.tools) == CancelTally()
    await desk.time_passes_at_twilio(NOW + HOUR)
    await desk.twilio.until_status((await desk.row(wanted))["twilio_sid"], "delivered")
    assert await desk.status_at_twilio(unwanted) == "canceled"
    row = await desk.row(unwanted)
    assert (row["state"], row["skip_reason"], await desk.incidents()) == ("canceled", None, [])


async def test_a_no_to_anything_cancels_what_twilio_keeps(desk: Desk) -> None:
    refused, wanted = await desk.kept(1), await desk.kept(2)
    await desk.opt_out(1)
    assert await cancel_withdrawn(desk.tools) == CancelTally(withdrawn=1, canceled=1)
    row = await desk.row(refused)
    assert (row["state"], row["skip_reason"]) == ("canceled", "opted_out")
    assert (await desk.status_at_twilio(refused), await desk.status_at_twilio(wanted)) == ("canceled", "scheduled")


async def test_a_look_at_what_leaves_soon_sees_a_no_to_that_alone(desk: Desk) -> None:
    soon, later = await desk.kept(1), await desk.kept(2, send_at=NOW + 2 * HOUR)
    for number in (1, 2):
        await desk.opt_out(number)
    assert (await cancel_withdrawn(desk.tools, within=HOUR)).canceled == 1
    assert [(await desk.row(one))["state"] for one in (soon, later)] == ["canceled", "scheduled"]


async def test_it_is_canceled_within_seconds_while_someone_sends(desk: Desk) -> None:
    planned = await desk.kept()
    sending = asyncio.create_task(send_direct(desk.tools))
    await desk.withdraw(planned)

    async def canceled() -> bool:
        return str((await desk.row(planned))["state"]) == "canceled"

    await until(canceled, seconds=5.0)
    sending.cancel()
    with suppress(asyncio.CancelledError):
        await sending


@pytest.mark.parametrize("fault", [*LOST_BEFORE, *LOST_AFTER])
async def test_a_lost_answer_is_asked_for_again(desk: Desk, fault: str) -> None:
    planned = await desk.kept()
    await desk.withdraw(planned)
    await desk.twilio.set(cancel_fault=fault)
    assert await cancel_withdrawn(desk.tools) == CancelTally(unanswered=1)
    assert (await desk.row(planned))["state"] == "scheduled"
    assert (await desk.status_at_twilio(planned) == "canceled") == (fault in LOST_AFTER)
    await desk.twilio.set(cancel_fault=None)
    assert await cancel_withdrawn(desk.tools) == CancelTally(canceled=1)
    assert [await desk.status_at_twilio(planned), (await desk.row(planned))["state"]] == ["canceled", "canceled"]


async def sent_too_soon(desk: Desk) -> PlannedDirect:
    """One that Twilio sends by its own clock, which goes before ours."""
    planned = await desk.kept()
    await desk.withdraw(planned)
    await desk.time_passes_at_twilio(NOW + HOUR)
    await desk.twilio.until_status((await desk.row(planned))["twilio_sid"], "delivered")
    return planned


async def test_what_left_all_the_same_is_an_incident_and_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    raised: list[dict[str, Any]] = []
    monkeypatch.setattr("tasks.alarms.emit_event", lambda **event: raised.append(event))
    planned = await sent_too_soon(desk)
    assert await cancel_withdrawn(desk.tools) == CancelTally(too_late=1)
    assert await cancel_withdrawn(desk.tools) == CancelTally()
    assert ((await desk.row(planned))["state"], await desk.incidents()) == ("delivered", [TOO_LATE])
    await tend_alerts(desk.tools)
    [event] = raised
    assert event["event"] == "tidings.sent_though_withdrawn"
    assert "call the person" in event["payload"]["reason"]
    assert phone(1) not in str(event)


async def test_what_was_to_leave_by_now_is_not_taken_back(desk: Desk) -> None:
    """A person who cancels upon reading the reminder, before Twilio reported that it was sent."""
    planned = await desk.kept()
    desk.now = NOW + HOUR
    await desk.withdraw(planned)
    await desk.opt_out()
    assert await cancel_withdrawn(desk.tools) == CancelTally()
    row = await desk.row(planned)
    assert (row["state"], row["withdrawn"]) == ("scheduled", False)


async def test_what_twilio_does_not_know_is_not_taken_for_canceled(desk: Desk) -> None:
    planned = await desk.kept()
    sid = (await desk.row(planned))["twilio_sid"]
    await desk.twilio.request("POST", f"{MESSAGES}/{sid}.json", data={"Status": "canceled"})
    await desk.twilio.request("DELETE", f"{MESSAGES}/{sid}.json")
    await desk.withdraw(planned)
    assert await cancel_withdrawn(desk.tools) == CancelTally(unanswered=1)
    assert (await desk.row(planned))["state"] == "scheduled"


@pytest.mark.parametrize(
    ("fault", "tally"), [("reset_after", CancelTally(canceled=1)), ("reset_before", CancelTally())]
)
async def test_one_taken_back_while_its_answer_is_lost_is_canceled_once_it_is_found(
    desk: Desk, fault: str, tally: CancelTally
) -> None:
    """Found at Twilio it is canceled there; not found, it is not planned again."""
    await desk.twilio.set(faults={fault: 1.0})
    planned = await desk.ask()
    await desk.send()
    await desk.twilio.set(faults=None)
    await desk.withdraw(planned)
    assert await cancel_withdrawn(desk.tools) == CancelTally()
    await let_grace_pass(desk.tools)
    await settle_all(desk.tools)
    assert await cancel_withdrawn(desk.tools) == tally
    assert (await desk.row(planned))["state"] == "canceled"
    await desk.send()
    assert {entry["message_status"] for entry in await desk.requests()} <= {"canceled", None}


async def test_two_passes_at_once_do_it_once(desk: Desk) -> None:
    planned = [await desk.kept(number) for number in range(3)]
    await desk.withdraw(*planned)
    tallies = await asyncio.gather(*(cancel_withdrawn(desk.tools) for _ in range(3)))
    assert sorted((tally.busy, tally.canceled) for tally in tallies) == [(False, 3), (True, 0), (True, 0)]


async def test_another_organization_has_its_own_account_asked(desk: Desk) -> None:
    """Whose account cannot be used holds up nobody else."""
    planned, other = await desk.kept(1), await desk.kept(2)
    await desk.withdraw(planned, other)
    async with desk.engine.begin() as connection:
        await connection.execute(
            text("""
                WITH made AS (
                    INSERT INTO organizations (id, slug, name, default_region, created_at)
                    VALUES (gen_random_uuid(), 'another', 'Another', 'US', now()) RETURNING id)
                UPDATE messages SET organization_id = made.id FROM made WHERE messages.id = :id
            """),
            {"id": other.id},
        )
    assert (await cancel_withdrawn(desk.tools)).canceled == 1
    assert [(await desk.row(one))["state"] for one in (planned, other)] == ["canceled", "scheduled"]


async def test_its_end_is_looked_up_counted_from_its_time(desk: Desk) -> None:
    """Claimed hours before it leaves, it would seem overdue at once."""
    await desk.kept()
    async with desk.engine.begin() as connection:
        await connection.execute(
            text("UPDATE messages SET claimed_at = now() - interval '1 day', send_at_twilio = now()")
        )
        look = partial(overdue_messages, connection, desk.organization_id, first_wait=3_600.0, after=0, most=10)
        at_once = await look()
        await connection.execute(text("UPDATE messages SET send_at_twilio = now() - interval '2 hours'"))
        later = await look()
    assert (len(at_once), len(later)) == (0, 1)


async def test_a_request_that_waits_too_long_for_its_turn_is_not_made(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claimed in time, but by the moment of the request too near: it is kept here."""
    planned = await desk.ask()
    dispatched = Dispatch.run

    async def late(dispatch: Dispatch, grant: Grant) -> Counter[str]:
        desk.now = NOW + timedelta(minutes=55)
        return await dispatched(dispatch, grant)

    monkeypatch.setattr(Dispatch, "run", late)
    await desk.send()
    row = await desk.row(planned)
    assert (row["state"], row["send_after"], row["send_at_twilio"]) == ("planned", NOW + HOUR, None)
    assert (row["tries"], await desk.requests()) == (0, [])


@pytest.mark.parametrize(
    ("ahead", "soon"), [(2 * SOON, False), (timedelta(minutes=3), True), (timedelta(), False)]
)
async def test_someone_is_woken_to_watch_over_what_twilio_sends_soon(
    desk: Desk, ahead: timedelta, *, soon: bool
) -> None:
    """A minute before it is looked at every few seconds; what was to leave by now is not."""
    await desk.kept()
    async with desk.engine.connect() as connection:
        found = await leaves_soon(connection, now=NOW + HOUR - ahead, ahead=timedelta(minutes=1))
    assert found is soon
