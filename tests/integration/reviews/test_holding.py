"""A campaign under way, someone whose text may be a refusal, and the decision: sent, skipped, or never decided."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from models.campaigns.report import read_report
from models.columns import utc_now
from models.inbound.handling import handle_inbound
from models.inbound.payload import read_inbound
from models.reviews.deciding import AlreadyDecided, Decision, NoSuchReview, decide
from models.reviews.tables import ReviewState
from tasks.equipment import Equipment
from tests.conftest import ACCOUNT_SID, MARKETING_SERVICE
from tests.fixtures.campaigns import Sending
from tests.fixtures.sending import Start
from tests.integration.outbox import sid
from tests.integration.population import phone
from tests.simulator.running import Twilio

DOUBTER = phone(0)


@pytest.fixture
async def sending(start: Start, equipment: Equipment) -> Sending:
    """Two people, the first of whom asks to cancel an order before the campaign has come to them."""
    sending = await start(2)
    await _write(sending, "please cancel my order")
    await sending.chunk(equipment)
    return sending


async def test_held_while_in_doubt(sending: Sending, twilio: Twilio) -> None:
    assert await sending.states() == {"planned": 1, "accepted": 1}
    held = (await sending.rows())[DOUBTER]
    assert (held.held_for, held.send_after) == ("in_review", held.send_before)
    assert DOUBTER not in await _reached(twilio)
    async with sending.engine.connect() as connection:
        report = await read_report(connection, sending.run.id, now=utc_now())
    assert (report.states["held"], report.in_review, report.held) == (1, 1, [])


async def test_kept_it_leaves(sending: Sending, equipment: Equipment, twilio: Twilio) -> None:
    await _decide(sending, ReviewState.KEPT)
    await sending.chunk(equipment)
    assert await sending.states() == {"accepted": 2}
    assert DOUBTER in await _reached(twilio)
    async with sending.engine.connect() as connection:
        ledger = await connection.execute(
            text(
                "SELECT action, state_before, state_after, actor, evidence ->> 'recognised' FROM consent_events"
                " WHERE phone = :phone AND method = 'plain_language'"
            ),
            {"phone": DOUBTER},
        )
        assert [tuple(entry) for entry in ledger] == [("kept", "opted_in", "opted_in", "Ada", 'like "stop"')]


async def test_opted_out_it_does_not(sending: Sending, equipment: Equipment) -> None:
    await _decide(sending, ReviewState.OPTED_OUT)
    await sending.chunk(equipment)
    assert await sending.states() == {"skipped": 1, "accepted": 1}
    assert (await sending.rows())[DOUBTER].skip_reason == "opted_out"


async def test_their_own_stop_decides(sending: Sending, equipment: Equipment) -> None:
    await _write(sending, "STOP", number=2)
    await sending.chunk(equipment)
    assert (await sending.rows())[DOUBTER].skip_reason == "opted_out"
    with pytest.raises(AlreadyDecided, match="the person"):
        await _decide(sending, ReviewState.KEPT)


async def test_never_decided_it_is_skipped_at_its_last_moment(sending: Sending, equipment: Equipment) -> None:
    equipment = replace(equipment, clock=lambda: utc_now() + timedelta(hours=2))
    await sending.chunk(equipment)
    assert (await sending.rows())[DOUBTER].skip_reason == "in_review"


async def test_a_review_of_nobody(sending: Sending) -> None:
    with pytest.raises(NoSuchReview):
        await _decide(sending, ReviewState.KEPT, review_id=10**9)


async def _reached(twilio: Twilio) -> list[str]:
    return [message["to"] for message in (await twilio.get("messages"))["messages"]]


async def _write(sending: Sending, body: str, *, number: int = 1) -> None:
    form = {"MessageSid": sid(number), "From": DOUBTER, "MessagingServiceSid": MARKETING_SERVICE, "Body": body}
    async with sending.engine.begin() as connection:
        await handle_inbound(connection, read_inbound(form.items(), account_sid=ACCOUNT_SID), now=utc_now())


async def _decide(sending: Sending, state: ReviewState, *, review_id: int | None = None) -> None:
    async with sending.engine.begin() as connection:
        found = (await connection.execute(text("SELECT max(id) FROM consent_reviews"))).scalar_one()
        decision = Decision(review_id=review_id or found, state=state, actor="Ada")
        await decide(connection, decision, organization_id=UUID(str(sending.organization_id)), now=utc_now())
