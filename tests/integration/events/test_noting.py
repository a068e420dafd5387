"""What is noted with which change, and what is not."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.campaigns.control import pause
from models.campaigns.runs import ensure_run
from models.campaigns.tables import ONCE
from models.columns import utc_now
from models.consent.keywords import start, stop
from models.conversations.reading import mark_read
from models.conversations.threading import add_inbound
from models.events.demand import KEPT_FOR, ask_for_statuses
from models.events.kinds import EventKind
from models.events.retention import remove_old
from models.events.statuses import StatusSeen, note_statuses
from models.events.subscription_tables import Target
from models.events.subscriptions import Wanted, subscribe
from tests.integration.outbox import add_outbound
from tests.integration.population import add_campaign, add_contact, phone

NOW = utc_now()


async def noted(connection: AsyncConnection, kind: EventKind) -> list[dict[str, Any]]:
    rows = await connection.execute(
        text("SELECT subject FROM events WHERE kind = :kind ORDER BY id"), {"kind": kind}
    )
    return list(rows.scalars())


async def see(connection: AsyncConnection, organization_id: UUID) -> int:
    message_id = await add_outbound(connection, organization_id)
    return await note_statuses(connection, [StatusSeen(message_id, "failed", 30003)], now=NOW)


async def test_a_stop_and_a_start_are_told_by_ids(connection: AsyncConnection, organization_id: UUID) -> None:
    contact_id = await add_contact(connection, organization_id, phone(1), consent={"marketing": "opted_in"})
    who: dict[str, Any] = {"organization_id": organization_id, "phone": phone(1), "message_sid": "SM1"}
    await stop(connection, **who, now=NOW)
    await stop(connection, **who, now=NOW)
    await start(connection, **who, now=NOW)
    told = await noted(connection, EventKind.CONSENT_CHANGED)
    changes = [(each["message_type"], each["state"], each["contact_id"]) for each in told]
    assert sorted(changes) == [
        ("marketing", "opted_in", contact_id),
        ("marketing", "opted_out", contact_id),
        ("transactional", "opted_out", contact_id),
        ("transactional", "unknown", contact_id),
    ]
    assert phone(1) not in str(told)


async def test_a_pause_is_told_with_the_state_after_it(connection: AsyncConnection, organization_id: UUID) -> None:
    campaign = await add_campaign(connection, organization_id)
    run = await ensure_run(connection, campaign, occurrence=ONCE, now=NOW)
    await pause(connection, run, reason="wrong date", now=NOW)
    (told,) = await noted(connection, EventKind.CAMPAIGN_CHANGED)
    assert told == {
        "campaign_id": str(campaign.id),
        "campaign_run_id": str(run.id),
        "state": "paused",
        "what": "paused",
        "actor": "person",
    }


async def test_statuses_are_noted_only_while_someone_listens(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    assert await see(connection, organization_id) == 0
    await ask_for_statuses(connection, organization_id, now=NOW - KEPT_FOR - timedelta(seconds=1))
    assert await see(connection, organization_id) == 0
    await ask_for_statuses(connection, organization_id, now=NOW)
    assert await see(connection, organization_id) == 1
    (told,) = await noted(connection, EventKind.MESSAGE_STATUS)
    assert (told["status"], told["error_code"]) == ("failed", 30003)


async def test_a_subscription_has_statuses_noted_if_it_wants_them(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    wanted = Wanted(target=Target.WEBHOOK, address="https://example.com", kinds=[EventKind.MESSAGE_RECEIVED])
    await subscribe(connection, organization_id, wanted, now=NOW)
    assert await see(connection, organization_id) == 0
    await subscribe(
        connection, organization_id, Wanted(target=Target.WEBHOOK, address="https://example.com"), now=NOW
    )
    assert await see(connection, organization_id) == 1


async def test_old_events_go_and_a_stream_behind_them_is_incomplete(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await ask_for_statuses(connection, organization_id, now=NOW)
    await see(connection, organization_id)
    assert await remove_old(connection, before=NOW + timedelta(days=1)) == 0  # not yet published
    await connection.execute(text("UPDATE events SET position = 41"))
    assert await remove_old(connection, before=NOW) == 0
    assert await remove_old(connection, before=NOW + timedelta(seconds=1)) == 1
    assert await ask_for_statuses(connection, organization_id, now=NOW) == 41


async def test_a_conversation_is_told_with_every_change(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    contact_id = await add_contact(connection, organization_id, phone(1))
    conversation_id = await add_inbound(
        connection,
        organization_id=organization_id,
        contact_id=contact_id,
        our_address="+12025550100",
        channel="sms",
        body="Hello",
        now=NOW,
    )
    assert await mark_read(connection, organization_id, conversation_id)
    assert not await mark_read(connection, organization_id, conversation_id)
    told = await noted(connection, EventKind.CONVERSATION_CHANGED)
    assert [(each["conversation_id"], each["unread"]) for each in told] == [
        (str(conversation_id), 1),
        (str(conversation_id), 0),
    ]
    assert "Hello" not in str(told)
