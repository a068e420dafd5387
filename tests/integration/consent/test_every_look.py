"""Preview, plan, claim, gate and direct ask one rule, by policy and consents as they are at that moment."""

from collections.abc import Mapping
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

CHANGES = [
    pytest.param("", {"state": "opted_out"}, "opted_out", id="a no"),
    pytest.param("", {"state": "opted_out", "topic": "sales"}, "opted_out", id="a no to its topic"),
    pytest.param("", {"state": "unknown"}, "no_consent", id="a consent that ended"),
    pytest.param(STRICT, {"basis": "single"}, "unconfirmed_consent", id="a policy that asks for confirmation"),
    pytest.param("", {"basis": "soft"}, "soft_opt_in_not_allowed", id="only a sale"),
    pytest.param(SHORT, {"given_at": NOW - timedelta(days=30)}, "stale_consent", id="a policy with an age"),
    pytest.param("", {"state": "opted_out", "topic": "news"}, None, id="a no to another topic"),
    pytest.param(STRICT, {"basis": "confirmed"}, None, id="confirmed, as the policy asks"),
]


async def _campaign(connection: AsyncConnection, organization_id: UUID) -> Campaign:
    await add_contact(connection, organization_id, phone(1), consent=AGREED)
    return await add_campaign(connection, organization_id, topic="sales")


async def _change(
    connection: AsyncConnection, organization_id: UUID, policy: str, consent: Mapping[str, object]
) -> None:
    values = {"phone": phone(1), "topic": "", "state": "opted_in", "given_at": NOW, "basis": None, **consent}
    await connection.execute(_CONSENT, values)
    if policy:
        await set_policy(connection, organization_id, policy, actor="a test", now=NOW)


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


@pytest.mark.parametrize(("policy", "consent", "expected"), CHANGES)
async def test_preview_and_plan(
    connection: AsyncConnection,
    organization_id: UUID,
    policy: str,
    consent: Mapping[str, object],
    expected: str | None,
) -> None:
    campaign = await _campaign(connection, organization_id)
    await _change(connection, organization_id, policy, consent)
    seen = await preview(connection, campaign)
    assert [reason for reason, count in seen.skipped.items() if count] == [expected] * (expected is not None)
    await _plan(connection, campaign)
    assert await _reason(connection) == expected


@pytest.mark.parametrize(("policy", "consent", "expected"), CHANGES)
async def test_claim(
    connection: AsyncConnection,
    organization_id: UUID,
    policy: str,
    consent: Mapping[str, object],
    expected: str | None,
) -> None:
    run_id = await _plan(connection, await _campaign(connection, organization_id))
    await _change(connection, organization_id, policy, consent)
    taken = await _claim(connection, run_id)
    assert len(taken.messages) == (expected is None)
    assert await _reason(connection) == expected


@pytest.mark.parametrize(("policy", "consent", "expected"), CHANGES)
async def test_gate(
    connection: AsyncConnection,
    organization_id: UUID,
    policy: str,
    consent: Mapping[str, object],
    expected: str | None,
) -> None:
    run_id = await _plan(connection, await _campaign(connection, organization_id))
    taken = await _claim(connection, run_id)
    [message] = taken.messages
    assert await objections(connection, claim_id=taken.id, ids=[message.id], now=NOW) == {}
    await _change(connection, organization_id, policy, consent)
    found = await objections(connection, claim_id=taken.id, ids=[message.id], now=NOW)
    assert found == ({} if expected is None else {message.id: expected})


@pytest.mark.parametrize(("policy", "consent", "expected"), CHANGES)
async def test_direct(
    connection: AsyncConnection,
    organization_id: UUID,
    policy: str,
    consent: Mapping[str, object],
    expected: str | None,
) -> None:
    await _campaign(connection, organization_id)
    await _change(connection, organization_id, policy, consent)
    asked = posting(organization_id, message_type=MessageType.MARKETING, topic="sales", now=NOW)
    assert (await plan_direct(connection, draft(1), asked)).reason == expected
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
