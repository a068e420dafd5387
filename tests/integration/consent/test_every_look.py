"""Preview, plan, claim, gate and direct ask one rule, by policy and consents as they are at that moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.campaigns.plan import plan
from models.campaigns.preview import preview
from models.campaigns.rendering import compile_stored
from models.campaigns.runs import ensure_run
from models.campaigns.tables import ONCE, Campaign
from models.messages.claim import Claim, claim
from models.messages.direct.planning import plan_direct
from models.messages.gate import objections
from models.policy.store import set_policy
from models.senders import MessageType
from tests.integration.direct.posting import draft, posting
from tests.integration.population import add_campaign, add_contact, add_organization, phone

NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
AGREED = {"marketing": "opted_in"}
STRICT = "consent: {countries: {US: {double_opt_in: true}}}"
SHORT = "consent: {max_age_days: 30}"

_CONSENT = text("""
    INSERT INTO consents (organization_id, phone, message_type, topic, channel, state, event_id, given_at, basis)
    SELECT organization_id, phone, message_type, :topic, channel, :state, event_id, :given_at, :basis FROM consents
    WHERE phone = :phone AND topic = ''
    ON CONFLICT (organization_id, phone, message_type, topic, channel)
    DO UPDATE SET state = EXCLUDED.state, given_at = EXCLUDED.given_at, basis = EXCLUDED.basis
""")


@dataclass(frozen=True)
class Change:
    """What comes to be by then, and the reason that every look gives not to send, or None."""

    policy: str
    consent: Mapping[str, object]
    expected: str | None


CHANGES = {
    "a no": Change("", {"state": "opted_out"}, "opted_out"),
    "a no to its topic": Change("", {"state": "opted_out", "topic": "sales"}, "opted_out"),
    "a consent that ended": Change("", {"state": "unknown"}, "no_consent"),
    "a policy that asks for confirmation": Change(STRICT, {"basis": "single"}, "unconfirmed_consent"),
    "only a sale": Change("", {"basis": "soft"}, "soft_opt_in_not_allowed"),
    "a policy with an age": Change(SHORT, {"given_at": NOW - timedelta(days=30)}, "stale_consent"),
    "a no to another topic": Change("", {"state": "opted_out", "topic": "news"}, None),
    "confirmed, as the policy asks": Change(STRICT, {"basis": "confirmed"}, None),
}


@pytest.fixture(params=list(CHANGES.values()), ids=list(CHANGES))
def change(request: pytest.FixtureRequest) -> Change:
    """Each of the changes in turn."""
    found: Change = request.param
    return found


async def _campaign(connection: AsyncConnection, organization_id: UUID) -> Campaign:
    await add_contact(connection, organization_id, phone(1), consent=AGREED)
    return await add_campaign(connection, organization_id, topic="sales")


async def _bring(connection: AsyncConnection, organization_id: UUID, change: Change) -> None:
    before = {"phone": phone(1), "topic": "", "state": "opted_in", "given_at": NOW, "basis": None}
    await connection.execute(_CONSENT, {**before, **change.consent})
    if change.policy:
        await set_policy(connection, organization_id, change.policy, actor="a test", now=NOW)


async def _plan(connection: AsyncConnection, campaign: Campaign) -> UUID:
    run = await ensure_run(connection, campaign, occurrence=ONCE, now=NOW)
    await plan(connection, campaign, run, now=NOW, window=timedelta(days=1))
    return run.id


async def _claim(connection: AsyncConnection, run_id: UUID) -> Claim:
    return await claim(
        connection, run_id, template=compile_stored("Hi"), most=9, lease=60, hours_margin=None, now=NOW
    )


async def _reason(connection: AsyncConnection) -> str | None:
    found = await connection.execute(text("SELECT skip_reason FROM messages"))
    reason: str | None = found.scalar_one()
    return reason


async def test_preview_and_plan(connection: AsyncConnection, organization_id: UUID, change: Change) -> None:
    campaign = await _campaign(connection, organization_id)
    await _bring(connection, organization_id, change)
    seen = await preview(connection, campaign)
    assert [reason for reason, count in seen.skipped.items() if count] == [change.expected] * (
        change.expected is not None
    )
    await _plan(connection, campaign)
    assert await _reason(connection) == change.expected


async def test_claim(connection: AsyncConnection, organization_id: UUID, change: Change) -> None:
    run_id = await _plan(connection, await _campaign(connection, organization_id))
    await _bring(connection, organization_id, change)
    taken = await _claim(connection, run_id)
    assert len(taken.messages) == (change.expected is None)
    assert await _reason(connection) == change.expected


async def test_gate(connection: AsyncConnection, organization_id: UUID, change: Change) -> None:
    run_id = await _plan(connection, await _campaign(connection, organization_id))
    taken = await _claim(connection, run_id)
    [message] = taken.messages
    assert await objections(connection, claim_id=taken.id, ids=[message.id], now=NOW) == {}
    await _bring(connection, organization_id, change)
    found = await objections(connection, claim_id=taken.id, ids=[message.id], now=NOW)
    assert found == ({} if change.expected is None else {message.id: change.expected})


async def test_direct(connection: AsyncConnection, organization_id: UUID, change: Change) -> None:
    await _campaign(connection, organization_id)
    await _bring(connection, organization_id, change)
    asked = posting(organization_id, message_type=MessageType.MARKETING, topic="sales", now=NOW)
    assert (await plan_direct(connection, draft(1), asked)).reason == change.expected
    assert (await connection.execute(text("SELECT topic FROM messages"))).scalar_one() == "sales"


async def test_another_organizations_policy_changes_nothing(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    other = await add_organization(connection, "other")
    await set_policy(connection, other, STRICT, actor="a test", now=NOW)
    run_id = await _plan(connection, await _campaign(connection, organization_id))
    taken = await _claim(connection, run_id)
    assert len(taken.messages) == 1
    assert await objections(connection, claim_id=taken.id, ids=[taken.messages[0].id], now=NOW) == {}
