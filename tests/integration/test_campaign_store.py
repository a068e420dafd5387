"""Campaigns stored, found by id or name, and set going again once a fault is mended."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.campaigns.definition import CampaignDefinition
from models.campaigns.runs import Run, ensure_run, load_run
from models.campaigns.starting import RunCanceled, find_run, make_ready, resume_after_fix, sender_of
from models.campaigns.store import (
    NoSuchCampaign,
    attribute_names,
    find_campaign,
    find_ordered,
    insert_campaign,
    list_campaigns,
    load_campaign,
)
from models.campaigns.tables import ONCE, Campaign, RunState
from models.columns import new_id
from models.organizations import NoSuchOrganization, find_organization
from models.senders import MessageType, NoSender
from tests.integration.outbox import rows
from tests.integration.population import add_campaign, add_contact, add_organization, phone

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DEFINITION = CampaignDefinition(
    name="Sale",
    kind=MessageType.MARKETING,
    body="Hi {{ first_name }}",
    tags=("a", "b"),
    countries=("GB",),
    rate=12.5,
    send_at=datetime(2027, 1, 2, 3, 4, tzinfo=UTC),
)


async def test_what_is_stored_is_found(connection: AsyncConnection, organization_id: UUID) -> None:
    made = await insert_campaign(connection, DEFINITION, organization_id=organization_id)
    found = await find_campaign(connection, "Sale", organization_id=organization_id)
    assert found.model_dump() == made.model_dump()
    by_id = await find_campaign(connection, str(made.id), organization_id=organization_id)
    assert by_id.id == (await load_campaign(connection, made.id)).id
    assert (found.kind, found.body, found.rate, found.send_at) == (
        "marketing",
        DEFINITION.body,
        12.5,
        DEFINITION.send_at,
    )
    assert found.audience == {"tags": ["a", "b"], "countries": ["GB"]}


@pytest.mark.parametrize("reference", ["Sael", str(new_id()), ""], ids=["a name", "an id", "nothing"])
async def test_what_is_not_there_is_told_with_how_to_look(
    connection: AsyncConnection, organization_id: UUID, reference: str
) -> None:
    with pytest.raises(NoSuchCampaign, match=f'no campaign "{reference}"; `tidings campaign list` shows all'):
        await find_campaign(connection, reference, organization_id=organization_id)


async def test_two_campaigns_of_a_name_are_told_by_id(connection: AsyncConnection, organization_id: UUID) -> None:
    first = await add_campaign(connection, organization_id)
    second = await add_campaign(connection, organization_id)
    with pytest.raises(NoSuchCampaign, match='2 campaigns are called "Sale"; name one by its id') as refusal:
        await find_campaign(connection, "Sale", organization_id=organization_id)
    assert str(first.id) in str(refusal.value)
    assert str(second.id) in str(refusal.value)


async def test_the_list_has_the_newest_run(connection: AsyncConnection, organization_id: UUID) -> None:
    older = await add_campaign(connection, organization_id, name="Older")
    await add_campaign(connection, organization_id, name="Newer")
    for occurrence in ("first", "second"):
        await ensure_run(connection, older, occurrence=occurrence, now=NOW)
    lines = await list_campaigns(connection, organization_id)
    assert [(line.name, line.occurrence, line.state) for line in lines] == [
        ("Newer", None, None),
        ("Older", "second", "planning"),
    ]


async def test_organizations_are_named(connection: AsyncConnection, organization_id: UUID) -> None:
    assert (await find_organization(connection, "default")).id == organization_id
    with pytest.raises(NoSuchOrganization, match='no organization "acme"; `tidings organization list` shows all'):
        await find_organization(connection, "acme")


async def test_a_campaign_is_found_within_its_organization_only(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    other = await add_organization(connection, "acme")
    ours = await add_campaign(connection, organization_id)
    theirs = await add_campaign(connection, other)
    found = await find_campaign(connection, "Sale", organization_id=organization_id)
    assert found.id == ours.id
    with pytest.raises(NoSuchCampaign, match=f'no campaign "{theirs.id}"; '):
        await find_campaign(connection, str(theirs.id), organization_id=organization_id)
    with pytest.raises(NoSuchCampaign, match='no campaign "Sael" of organization "acme"; '):
        await find_campaign(connection, "Sael", organization_id=other)


async def test_a_flow_run_is_told_a_name_within_an_organization_or_an_id(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    other = await add_organization(connection, "acme")
    ours = await add_campaign(connection, organization_id)
    theirs = await add_campaign(connection, other)
    assert (await find_ordered(connection, "Sale", organization="default")).id == ours.id
    assert (await find_ordered(connection, "Sale", organization="acme")).id == theirs.id
    assert (await find_ordered(connection, str(theirs.id), organization="default")).id == theirs.id
    with pytest.raises(NoSuchOrganization, match='no organization "nobody"'):
        await find_ordered(connection, "Sale", organization="nobody")


async def test_attributes_are_the_organizations_own(connection: AsyncConnection, organization_id: UUID) -> None:
    other = new_id()
    await connection.execute(
        text(
            "INSERT INTO organizations (id, slug, name, default_region, created_at)"
            " VALUES (:id, 'o', 'O', 'US', now())"
        ),
        {"id": other},
    )
    await add_contact(connection, organization_id, phone(1), attributes={"plan": "gold"})
    await add_contact(connection, organization_id, phone(2), attributes={"plan": "basic", "loyalty points": "3"})
    await add_contact(connection, organization_id, phone(3))
    await add_contact(connection, other, phone(1), attributes={"secret": "1"})
    assert await attribute_names(connection, organization_id) == {"plan", "loyalty points"}
    assert await attribute_names(connection, other) == {"secret"}


async def paused_run(connection: AsyncConnection, campaign: Campaign, *, planned: bool) -> Run:
    run = await ensure_run(connection, campaign, occurrence=ONCE, now=NOW)
    values = {"id": run.id, "sender": run.sender_id, "planned_at": NOW if planned else None}
    for statement in (
        "UPDATE campaign_runs SET state = 'paused', state_reason = 'r', planned_at = :planned_at WHERE id = :id",
        "UPDATE senders SET state = 'paused', state_reason = 's' WHERE id = :sender",
        "INSERT INTO country_pauses (sender_id, country, reason, paused_at) VALUES (:sender, 'GB', 'c', now())",
    ):
        await connection.execute(text(statement), values)
    return await load_run(connection, run.id)


@pytest.mark.parametrize(("planned", "state"), [(True, RunState.SENDING), (False, RunState.SCHEDULED)])
async def test_a_start_sets_going_what_was_paused(
    connection: AsyncConnection, organization_id: UUID, *, planned: bool, state: RunState
) -> None:
    campaign = await add_campaign(connection, organization_id)
    run = await paused_run(connection, campaign, planned=planned)
    assert run.stopped_because == "r"
    _, resumed = await make_ready(
        connection, str(campaign.id), organization_id=organization_id, occurrence=ONCE, now=NOW
    )
    assert (resumed.run, resumed.sender, resumed.countries, resumed.replaced) == (True, True, 1, False)
    again = await load_run(connection, run.id)
    assert (again.state, again.state_reason, again.stopped_because) == (state, None, None)
    assert await rows(connection, "SELECT 1 FROM country_pauses") == []
    _, resumed = await make_ready(
        connection, str(campaign.id), organization_id=organization_id, occurrence=ONCE, now=NOW
    )
    assert not resumed


async def test_a_replaced_sender_takes_over_what_is_not_sent(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    campaign = await add_campaign(connection, organization_id)
    run = await paused_run(connection, campaign, planned=True)
    for state in ("planned", "delivered"):
        await connection.execute(
            text("""
                INSERT INTO messages (organization_id, direction, state, phone, channel, sender_id,
                    campaign_run_id, created_at, updated_at)
                VALUES (:organization_id, 'outbound', CAST(:state AS message_state), '+1', 'sms', :sender_id,
                    :run_id, now(), now())
            """),
            {"organization_id": organization_id, "state": state, "sender_id": run.sender_id, "run_id": run.id},
        )
    new = new_id()
    await connection.execute(text("UPDATE senders SET state = 'retired' WHERE id = :id"), {"id": run.sender_id})
    await connection.execute(
        text("""
            INSERT INTO senders (id, organization_id, purpose, address, channel, rate, state, created_at)
            VALUES (:id, :organization_id, 'marketing', 'MGnew', 'sms', 5, 'active', now())
        """),
        {"id": new, "organization_id": organization_id},
    )
    resumed = await resume_after_fix(connection, run, sender=await sender_of(connection, campaign), now=NOW)
    assert (resumed.run, resumed.replaced) == (True, True)
    assert (await load_run(connection, run.id)).sender_id == new
    senders = await rows(connection, "SELECT state::text, sender_id FROM messages ORDER BY id")
    assert senders == [("planned", new), ("delivered", run.sender_id)]


async def test_a_canceled_run_is_not_started_again(connection: AsyncConnection, organization_id: UUID) -> None:
    campaign = await add_campaign(connection, organization_id)
    await ensure_run(connection, campaign, occurrence=ONCE, now=NOW)
    await connection.execute(text("UPDATE campaign_runs SET state = 'canceled'"))
    with pytest.raises(RunCanceled, match='"once" of "Sale" was canceled; give --occurrence a new label'):
        await make_ready(connection, "Sale", organization_id=organization_id, occurrence=ONCE, now=NOW)
    assert await find_run(connection, campaign.id, occurrence="next") is None
    await make_ready(connection, "Sale", organization_id=organization_id, occurrence="next", now=NOW)


async def test_no_sender_names_the_setting(connection: AsyncConnection, organization_id: UUID) -> None:
    await add_campaign(connection, organization_id)
    await connection.execute(text("UPDATE senders SET state = 'retired' WHERE purpose = 'marketing'"))
    with pytest.raises(NoSender, match="for marketing messages; set TWILIO_MESSAGING_SERVICE_MARKETING"):
        await make_ready(connection, "Sale", organization_id=organization_id, occurrence=ONCE, now=NOW)
