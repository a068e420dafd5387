"""Lost answers settled against the simulator and PostgreSQL: everyone gets one message, whatever went wrong."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from messaging.statuses import MessageState
from models.columns import utc_now
from models.exclusive import Duty, exclusive
from models.messages.claim import claim
from models.messages.record import record
from models.messages.results import Accepted
from models.pacing import Grant
from tasks.dispatch import Dispatch
from tasks.equipment import Equipment, open_equipment
from tasks.gatekeeper import boot_seconds
from tasks.settling import settle_all
from tests.fixtures.sending import Start
from tests.integration.population import phone
from tests.integration.settling.conftest import LEASE, let_grace_pass
from tests.simulator.running import ACCOUNT_SID, SERVICE, Twilio


async def _received(twilio: Twilio) -> Counter[str]:
    """Messages that the simulator accepted, by number."""
    entries: list[dict[str, Any]] = (await twilio.get("messages"))["messages"]
    return Counter(str(entry["to"]) for entry in entries if entry["sid"])


AFTER = ["error_after", "reset_after", "timeout_after", "malformed", "truncated", "no_sid"]
BEFORE = ["error_before", "reset_before"]


@pytest.mark.parametrize("fault", AFTER)
async def test_what_was_sent_is_adopted_at_once(
    fault: str, start: Start, hasty: Equipment, twilio: Twilio
) -> None:
    await twilio.set(faults={fault: 1.0})
    sending = await start(3)
    await sending.chunk(hasty)
    assert await sending.states() == Counter(unknown=3)
    assert (await settle_all(hasty)).verdicts == Counter(adopted=3)
    rows = await sending.rows()
    entries = (await twilio.get("messages"))["messages"]
    assert {entry["to"]: entry["sid"] for entry in entries} == {key: row.twilio_sid for key, row in rows.items()}
    await twilio.set(faults=None)
    await sending.chunk(hasty)
    assert await _received(twilio) == Counter({phone(number): 1 for number in range(3)})


@pytest.mark.parametrize("fault", BEFORE)
async def test_what_was_not_sent_is_sent_after_the_grace(
    fault: str, start: Start, hasty: Equipment, twilio: Twilio
) -> None:
    await twilio.set(faults={fault: 1.0})
    sending = await start(3)
    await sending.chunk(hasty)
    assert (await settle_all(hasty)).verdicts == Counter(waiting=3)
    assert (await settle_all(hasty)).verdicts == Counter()
    await let_grace_pass(hasty)
    assert (await settle_all(hasty)).verdicts == Counter(resent=3)
    await twilio.set(faults=None)
    await sending.chunk(hasty)
    assert await sending.states() == Counter(accepted=3)
    assert await _received(twilio) == Counter({phone(number): 1 for number in range(3)})
    assert {row.attempt for row in (await sending.rows()).values()} == {1}


async def test_what_nobody_knows_of_is_for_a_person(start: Start, hasty: Equipment, twilio: Twilio) -> None:
    await twilio.set(faults={"reset_before": 1.0})
    sending = await start(1)
    await sending.chunk(hasty)
    await twilio.set(faults=None)
    foreign = (await twilio.create(phone(0), "Hi Ada, by the trial account", MessagingServiceSid=SERVICE)).json
    await let_grace_pass(hasty)
    assert (await settle_all(hasty)).verdicts == Counter(review=1)
    assert await sending.states() == Counter(unknown=1)
    async with hasty.engine.connect() as connection:
        found = (await connection.execute(text("SELECT * FROM settlements"))).one()
    assert [seen["sid"] for seen in found.evidence] == [foreign["sid"]]
    assert (await settle_all(hasty)).verdicts == Counter()


@pytest.mark.parametrize(
    ("change", "state"),
    [
        pytest.param("UPDATE campaign_runs SET state = 'canceled'", "canceled", id="its run was canceled"),
        pytest.param("UPDATE messages SET send_before = now()", "expired", id="its time is over"),
        pytest.param("UPDATE campaign_runs SET state = 'paused'", "planned", id="its run is paused"),
        pytest.param("UPDATE campaign_runs SET state = 'finished'", "planned", id="its run was finished"),
    ],
)
async def test_what_may_not_be_sent_any_more_is_not(
    change: str, state: str, start: Start, hasty: Equipment, twilio: Twilio
) -> None:
    await twilio.set(faults={"reset_before": 1.0})
    sending = await start(1)
    await sending.chunk(hasty)
    await let_grace_pass(hasty)
    async with hasty.engine.begin() as connection:
        await connection.execute(text(change))
    await settle_all(hasty)
    assert await sending.states() == Counter({state: 1})
    assert (await sending.reload()).state == (
        "sending" if "finished" in change else (await sending.reload()).state
    )


async def test_a_lost_claim_is_settled_like_a_lost_answer(start: Start, hasty: Equipment) -> None:
    sending = await start(2)
    await sending.chunk(hasty)
    async with hasty.engine.begin() as connection:  # as if killed before either was recorded, one never requested
        await connection.execute(
            text("""
                UPDATE messages SET state = 'claimed', twilio_sid = NULL, account_sid = NULL,
                    lease_until = clock_timestamp() - interval '2 seconds',
                    body = CASE WHEN phone = :other THEN 'Never requested' ELSE body END
            """),
            {"other": phone(1)},
        )
        await connection.execute(text("DELETE FROM message_events"))
    tally = await settle_all(hasty)
    assert tally.expired_claims == 2
    assert tally.verdicts == Counter(adopted=1, review=1)


async def test_a_claim_within_its_lease_is_left_alone(start: Start, hasty: Equipment, twilio: Twilio) -> None:
    await twilio.set(latency={"low": 0.3, "high": 0.3})
    sending = await start(1)
    async with open_equipment(hasty.settings.model_copy(update={"tidings_lease_seconds": 60.0})) as patient:
        chunk = asyncio.create_task(sending.chunk(patient))
        await asyncio.sleep(0.2)
        assert (await settle_all(patient)).expired_claims == 0
        await chunk
    assert await sending.states() == Counter(accepted=1)


async def test_twilio_away_concludes_nothing(start: Start, hasty: Equipment, twilio: Twilio) -> None:
    await twilio.set(faults={"reset_before": 1.0})
    sending = await start(2)
    await sending.chunk(hasty)
    await let_grace_pass(hasty)
    changed = hasty.settings.model_copy(update={"twilio_api_base_url": "http://127.0.0.1:9"})
    async with open_equipment(changed) as cut_off:
        tally = await settle_all(cut_off)
    assert (tally.unread, tally.verdicts) == (2, Counter())
    assert await sending.states() == Counter(unknown=2)


async def test_only_one_settles_at_a_time(start: Start, hasty: Equipment) -> None:
    await start(1)
    async with exclusive(hasty.engine, Duty.SETTLING):
        assert (await settle_all(hasty)).busy
    assert not (await settle_all(hasty)).busy


async def test_a_frozen_worker_sends_nothing_when_it_wakes_and_says_so(
    start: Start, hasty: Equipment, twilio: Twilio
) -> None:
    sending = await start(1)
    async with hasty.engine.begin() as connection:
        template = sending.template
        taken = await claim(
            connection, sending.run.id, template=template, most=1, lease=LEASE, now=utc_now(), hours_margin=None
        )
        await connection.execute(
            text("UPDATE messages SET lease_until = clock_timestamp() - interval '2 seconds'")
        )
    frozen = Dispatch(
        hasty,
        twilio=await hasty.twilio_for(sending.organization_id),
        run=sending.run,
        sender=sending.service_sid,
        claim=taken,
        last_begin=boot_seconds() - 1,
    )
    assert (await settle_all(hasty)).verdicts == Counter(waiting=1)
    assert await sending.states() == Counter(unknown=1)
    assert await frozen.run(Grant(delay=0.0, interval=0.0)) == Counter(returned=1)
    assert await _received(twilio) == Counter()
    assert await sending.states() == Counter(planned=1), "it knows best that it never began"


async def test_a_sid_that_comes_after_settling_is_recorded(start: Start, hasty: Equipment) -> None:
    sending = await start(1)
    await sending.chunk(hasty)
    row = (await sending.rows())[phone(0)]
    async with hasty.engine.begin() as connection:
        await connection.execute(
            text("UPDATE messages SET state = 'planned', twilio_sid = NULL, claim_id = NULL, claimed_at = NULL")
        )
        late = Accepted(row.id, row.twilio_sid, MessageState.ACCEPTED, http_status=201)
        await record(connection, [late], claim_id=row.claim_id, account_sid=ACCOUNT_SID, now=utc_now())
    settled = (await sending.rows())[phone(0)]
    assert (settled.twilio_sid, settled.state) == (row.twilio_sid, "accepted")
