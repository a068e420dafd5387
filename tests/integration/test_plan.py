"""A plan writes one row for everyone in the audience, once, with the reason for whoever is left out."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.campaigns.plan import plan
from models.campaigns.runs import ensure_run, load_run
from models.campaigns.tables import ONCE, RunState
from models.senders import NoSender
from tests.integration.population import add_campaign, add_contact, phone

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
WINDOW = timedelta(hours=48)


async def _planned(connection: AsyncConnection, run_id: UUID) -> dict[str, tuple[str, str | None]]:
    rows = await connection.execute(
        text("SELECT phone, state::text, skip_reason FROM messages WHERE campaign_run_id = :id"), {"id": run_id}
    )
    return {row.phone: (row.state, row.skip_reason) for row in rows}


@pytest.mark.parametrize(
    ("kind", "consent", "expected"),
    [
        pytest.param("marketing", {}, ("skipped", "no_consent"), id="marketing without a record"),
        pytest.param("marketing", {"marketing": "opted_in"}, ("planned", None), id="marketing agreed to"),
        pytest.param("marketing", {"marketing": "opted_out"}, ("skipped", "opted_out"), id="marketing refused"),
        pytest.param(
            "marketing", {"marketing": "unknown"}, ("skipped", "no_consent"), id="marketing restored to unknown"
        ),
        pytest.param(
            "marketing", {"transactional": "opted_in"}, ("skipped", "no_consent"), id="agreed to another type"
        ),
        pytest.param("transactional", {}, ("planned", None), id="transactional without a record"),
        pytest.param(
            "transactional", {"transactional": "opted_out"}, ("skipped", "opted_out"), id="transactional refused"
        ),
        pytest.param("transactional", {"marketing": "opted_out"}, ("planned", None), id="only marketing refused"),
    ],
)
async def test_consent_decides(
    connection: AsyncConnection,
    organization_id: UUID,
    kind: str,
    consent: dict[str, str],
    expected: tuple[str, str | None],
) -> None:
    await add_contact(connection, organization_id, phone(1), consent=consent)
    campaign = await add_campaign(connection, organization_id, kind=kind)
    run = await ensure_run(connection, campaign, occurrence=ONCE, now=NOW)
    await plan(connection, campaign, run, now=NOW, window=WINDOW)
    assert await _planned(connection, run.id) == {phone(1): expected}


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        pytest.param({}, {1, 2, 3}, id="everyone"),
        pytest.param({"tags": ["vip"]}, {1, 2}, id="a tag"),
        pytest.param({"tags": ["vip", "new"]}, {1, 2, 3}, id="any of two tags"),
        pytest.param({"countries": ["GB"]}, {2}, id="a country"),
        pytest.param({"tags": ["vip"], "countries": ["US", "DE"]}, {1}, id="tag and countries"),
        pytest.param({"tags": ["nobody"]}, set(), id="nobody"),
    ],
)
async def test_audience_is_any_tag_in_any_country(
    connection: AsyncConnection, organization_id: UUID, audience: dict[str, list[str]], expected: set[int]
) -> None:
    await add_contact(connection, organization_id, phone(1), country="US", tags=("vip",))
    await add_contact(connection, organization_id, phone(2), country="GB", tags=("vip", "old"))
    await add_contact(connection, organization_id, phone(3), country="DE", tags=("new",))
    campaign = await add_campaign(connection, organization_id, kind="transactional", audience=audience)
    run = await ensure_run(connection, campaign, occurrence=ONCE, now=NOW)
    await plan(connection, campaign, run, now=NOW, window=WINDOW)
    assert set(await _planned(connection, run.id)) == {phone(number) for number in expected}


async def test_planning_again_neither_adds_nor_changes(connection: AsyncConnection, organization_id: UUID) -> None:
    await add_contact(connection, organization_id, phone(1))
    campaign = await add_campaign(connection, organization_id, kind="transactional")
    run = await ensure_run(connection, campaign, occurrence=ONCE, now=NOW)
    assert await plan(connection, campaign, run, now=NOW, window=WINDOW) == 1
    await add_contact(connection, organization_id, phone(2))
    again = await ensure_run(connection, campaign, occurrence=ONCE, now=NOW)
    assert again.id == run.id
    assert await plan(connection, campaign, again, now=NOW, window=WINDOW) is None
    assert set(await _planned(connection, run.id)) == {phone(1)}
    assert (await load_run(connection, run.id)).state == RunState.SENDING


async def test_another_occurrence_is_another_run(connection: AsyncConnection, organization_id: UUID) -> None:
    await add_contact(connection, organization_id, phone(1))
    campaign = await add_campaign(connection, organization_id, kind="transactional")
    for occurrence in ("2026-11", "2026-12"):
        run = await ensure_run(connection, campaign, occurrence=occurrence, now=NOW)
        assert await plan(connection, campaign, run, now=NOW, window=WINDOW) == 1


async def test_messages_leave_between_send_at_and_the_end_of_the_window(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await add_contact(connection, organization_id, phone(1))
    later = NOW + timedelta(hours=3)
    campaign = await add_campaign(connection, organization_id, kind="transactional", send_at=later)
    run = await ensure_run(connection, campaign, occurrence=ONCE, now=NOW)
    await plan(connection, campaign, run, now=NOW, window=WINDOW)
    row = (await connection.execute(text("SELECT send_after, send_before FROM messages"))).one()
    assert (row.send_after, row.send_before) == (later, later + WINDOW)


@pytest.mark.parametrize("kind", ["marketing", "transactional"])
async def test_each_kind_leaves_through_its_own_service(
    connection: AsyncConnection, organization_id: UUID, kind: str
) -> None:
    campaign = await add_campaign(connection, organization_id, kind=kind)
    run = await ensure_run(connection, campaign, occurrence=ONCE, now=NOW)
    found = await connection.execute(text("SELECT purpose FROM senders WHERE id = :id"), {"id": run.sender_id})
    assert found.scalar_one() == kind


async def test_a_kind_without_a_service_is_refused(connection: AsyncConnection, organization_id: UUID) -> None:
    await connection.execute(text("DELETE FROM senders WHERE purpose = 'marketing'"))
    campaign = await add_campaign(connection, organization_id)
    with pytest.raises(NoSender, match="TWILIO_MESSAGING_SERVICE_MARKETING"):
        await ensure_run(connection, campaign, occurrence=ONCE, now=NOW)
