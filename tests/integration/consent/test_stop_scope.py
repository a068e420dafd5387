"""A bare STOP to an organization that lets it mean what was sent last, and the START after it."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.inbound.handling import handle_inbound
from models.inbound.payload import read_inbound
from models.policy.store import set_policy
from tests.conftest import ACCOUNT_SID, MARKETING_SERVICE, TRANSACTIONAL_SERVICE
from tests.integration.outbox import NOW, PHONE, rows, sid
from tests.integration.population import add_contact

LATER = datetime(2027, 2, 1, tzinfo=UTC)
ALL = {("marketing", ""), ("transactional", "")}
_SENT = text("""
    INSERT INTO messages (organization_id, direction, state, phone, channel, message_type, topic, contact_id,
                          sender_id, twilio_sid, attempted_at, created_at, updated_at)
    SELECT :organization_id, 'outbound', 'delivered', :phone, 'sms', :kind, :topic, :contact, s.id, :sid,
        CAST(:left_at AS timestamptz), :now, :now
    FROM senders s WHERE s.organization_id = :organization_id AND s.address = :service
""")


@pytest.fixture
async def contact(connection: AsyncConnection, organization_id: UUID) -> int:
    return await add_contact(connection, organization_id, PHONE)


async def _send(connection: AsyncConnection, organization_id: UUID, contact: int, **sent: str) -> None:
    values = {"kind": "marketing", "topic": "", "service": MARKETING_SERVICE, "left_at": None, **sent}
    whose = {"organization_id": organization_id, "phone": PHONE, "contact": contact, "now": NOW}
    await connection.execute(_SENT, {**values, **whose, "sid": f"SM{sent}"})


async def _write(connection: AsyncConnection, body: str, number: int, *, now: datetime = NOW) -> None:
    fields = {"MessageSid": sid(number), "From": PHONE, "To": "+12025550100", "Body": body}
    fields["MessagingServiceSid"] = MARKETING_SERVICE
    await handle_inbound(connection, read_inbound(fields.items(), account_sid=ACCOUNT_SID), now=now)


async def _noes(connection: AsyncConnection) -> set[tuple[str, str]]:
    return set(await rows(connection, "SELECT message_type, topic FROM consents WHERE state = 'opted_out'"))


@pytest.mark.parametrize(
    ("policy", "sent", "now", "ended"),
    [
        pytest.param("all", [{"topic": "shoes"}], NOW, ALL, id="everything by default"),
        pytest.param("topic", [{"topic": "shoes"}], NOW, {("marketing", "shoes")}, id="its topic"),
        pytest.param(
            "topic", [{"topic": "shoes"}, {"topic": "hats"}], NOW, {("marketing", "hats")}, id="the last"
        ),
        pytest.param(
            "topic",
            [
                {"topic": "hats", "left_at": "2026-03-02T14:59Z"},
                {"topic": "shoes", "left_at": "2026-03-02T09:00Z"},
            ],
            NOW,
            {("marketing", "hats")},
            id="the last to leave, though it was planned first",
        ),
        pytest.param("topic", [{}], NOW, {("marketing", "")}, id="its type, where it had no topic"),
        pytest.param("topic", [], NOW, ALL, id="everything, where nothing was sent"),
        pytest.param(
            "topic",
            [{"topic": "shoes"}, {"kind": "transactional", "service": TRANSACTIONAL_SERVICE}],
            NOW,
            {("marketing", "shoes")},
            id="what this sender sent last",
        ),
        pytest.param("topic", [{"topic": "shoes"}], LATER, ALL, id="everything from the day of the law"),
    ],
)
async def test_a_bare_stop(
    connection: AsyncConnection,
    organization_id: UUID,
    contact: int,
    policy: str,
    sent: list[dict[str, str]],
    now: datetime,
    ended: set[tuple[str, str]],
) -> None:
    written = f"opt_out: {{stop_means: {policy}}}\n"
    await set_policy(connection, organization_id, written, actor="a test", now=NOW)
    for each in sent:
        await _send(connection, organization_id, contact, **each)
    await _write(connection, "STOP", 1, now=now)
    assert await _noes(connection) == ended


async def test_a_start_takes_back_the_last_stop_and_a_second_one_that_before(
    connection: AsyncConnection, organization_id: UUID, contact: int
) -> None:
    await set_policy(connection, organization_id, "opt_out: {stop_means: topic}\n", actor="a test", now=NOW)
    for number, topic in enumerate(("shoes", "hats"), start=1):
        await _send(connection, organization_id, contact, topic=topic)
        await _write(connection, "STOP", number)
    assert await _noes(connection) == {("marketing", "shoes"), ("marketing", "hats")}
    await _write(connection, "START", 3)
    assert await _noes(connection) == {("marketing", "shoes")}
    await _write(connection, "START", 4)
    assert await _noes(connection) == set()
    assert await rows(connection, "SELECT count(*) FROM consents WHERE state = 'opted_in'") == [(0,)]


async def test_a_stop_that_is_heard_late_is_not_overtaken_by_a_decision_on_another_text(
    connection: AsyncConnection, organization_id: UUID, contact: int
) -> None:
    assert contact
    await connection.execute(
        text(
            "INSERT INTO consent_events (organization_id, phone, message_type, topic, channel, state_before,"
            " state_after, action, method, source, given_at, recorded_at) VALUES (:organization_id, :phone,"
            " 'marketing', '', 'sms', 'unknown', 'unknown', 'kept', 'plain_language', 'a person', :later, :later)"
        ),
        {"organization_id": organization_id, "phone": PHONE, "later": NOW.replace(hour=23)},
    )
    await _write(connection, "STOP", 1)
    assert await _noes(connection) == ALL


async def test_a_stop_that_is_heard_late_is_not_overtaken_by_another_stop(
    connection: AsyncConnection, organization_id: UUID, contact: int
) -> None:
    """They may be about different things."""
    await set_policy(connection, organization_id, "opt_out: {stop_means: topic}\n", actor="a test", now=NOW)
    await _send(connection, organization_id, contact, topic="hats")
    await _write(connection, "STOP", 2, now=NOW.replace(hour=23))
    await _send(connection, organization_id, contact, topic="shoes")
    await _write(connection, "STOP", 1)
    assert await _noes(connection) == {("marketing", "shoes"), ("marketing", "hats")}
