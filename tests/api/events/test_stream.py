"""The live stream as a client sees it, over HTTP, from a real API process."""

import asyncio
import random
import time
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from models.api_keys.scopes import Scope
from models.columns import utc_now
from models.events.kinds import EventKind
from models.events.note import note
from tests.api.events.happening import happen
from tests.api.events.listening import listening
from tests.api.events.process import ApiProcess, api_process, key_for
from tests.api.proxy import proxy_to
from tests.integration.population import add_campaign, add_organization


async def test_an_event_is_heard_within_two_seconds(
    events_api: ApiProcess, database: AsyncEngine, organization_id: UUID, key: dict[str, str]
) -> None:
    async with listening(events_api.url, key) as stream:
        began = time.monotonic()
        await happen(database, organization_id, 1)
        heard = await stream.next()
        assert time.monotonic() - began < 2
    assert heard.kind == "message.received"
    assert heard.data["data"] == {"number": 1}
    assert (heard.data["type"], heard.data["version"]) == ("message.received", 1)
    assert heard.data["sequence"] == int(str(heard.id))


async def test_a_long_transaction_of_others_holds_nothing_back(
    events_api: ApiProcess, database: AsyncEngine, organization_id: UUID, key: dict[str, str]
) -> None:
    async with listening(events_api.url, key) as stream, database.connect() as plan:
        await plan.execute(text("CREATE TABLE held_open AS SELECT generate_series(1, 1000) AS n"))
        await happen(database, organization_id, 1)
        async with asyncio.timeout(2):
            assert (await stream.next()).data["data"] == {"number": 1}
        await plan.rollback()


async def test_a_client_that_comes_back_misses_nothing(
    events_api: ApiProcess, database: AsyncEngine, organization_id: UUID, key: dict[str, str]
) -> None:
    async with listening(events_api.url, key) as stream:
        await happen(database, organization_id, 1, 2, 3)
        first = await stream.next()
    await happen(database, organization_id, 4)
    async with listening(events_api.url, key, last=first.id) as stream:
        assert [(await stream.next()).data["data"]["number"] for _ in range(3)] == [2, 3, 4]
    async with listening(events_api.url, key, after=str(first.id)) as stream:
        assert (await stream.next()).data["data"] == {"number": 2}


@pytest.mark.alone
async def test_clients_that_break_off_at_random_hear_every_event_once_and_in_order(
    events_api: ApiProcess, database: AsyncEngine, organization_id: UUID, key: dict[str, str]
) -> None:
    """20 writers that commit in any order or not at all, while a client breaks off again and again."""
    written: list[int] = []
    async with listening(events_api.url, key, kind=EventKind.CONSENT_CHANGED):
        pass  # from here on the organization has a stream
    chance = random.Random(4)  # noqa: S311 (repeatable, guards nothing)

    async def write(writer: int) -> None:
        for step in range(6):
            async with database.connect() as connection:
                numbers = [writer * 1_000 + step * 10 + part for part in range(3)]
                for number in numbers:
                    await note(
                        connection,
                        organization_id=organization_id,
                        kind=EventKind.MESSAGE_PLANNED,
                        subject={"number": number},
                        now=utc_now(),
                    )
                    await asyncio.sleep(chance.choice((0, 0.01, 0.1)))
                if chance.random() < 0.3:
                    await connection.rollback()
                else:
                    await connection.commit()
                    written.extend(numbers)

    heard: list[int] = []
    positions = [0]
    writing = asyncio.ensure_future(asyncio.gather(*(write(writer) for writer in range(20))))
    while not (writing.done() and len(heard) >= len(written)):
        async with listening(events_api.url, key, last=str(positions[-1])) as stream, asyncio.timeout(10):
            for _ in range(chance.randint(1, 30)):
                if writing.done() and len(heard) >= len(written):
                    break
                event = await stream.next()
                heard.append(event.data["data"]["number"])
                positions.append(int(str(event.id)))
    assert sorted(heard) == sorted(written)
    assert positions == sorted(set(positions))


async def test_only_the_kinds_asked_for(
    events_api: ApiProcess, database: AsyncEngine, organization_id: UUID, key: dict[str, str]
) -> None:
    async with listening(events_api.url, key, kind="consent.changed") as stream:
        await happen(database, organization_id, 1)
        await happen(database, organization_id, 2, kind=EventKind.CONSENT_CHANGED)
        assert (await stream.next()).data["data"] == {"number": 2}


async def test_nothing_of_another_organization(
    events_api: ApiProcess, database: AsyncEngine, organization_id: UUID
) -> None:
    async with database.begin() as connection:
        other = await add_organization(connection, "other")
    theirs = await key_for(database, other)
    async with listening(events_api.url, theirs, last="0") as stream:
        await happen(database, organization_id, 1)
        await happen(database, other, 2)
        assert (await stream.next()).data["data"] == {"number": 2}


async def test_who_was_away_too_long_is_told(
    events_api: ApiProcess, database: AsyncEngine, organization_id: UUID, key: dict[str, str]
) -> None:
    async with listening(events_api.url, key) as stream:
        await happen(database, organization_id, 1)
        first = await stream.next()
    async with database.begin() as connection:
        await connection.execute(
            text("UPDATE event_streams SET complete_from = :position"), {"position": int(str(first.id)) + 5}
        )
    async with listening(events_api.url, key, last=first.id) as stream:
        assert (await stream.next()).kind == "reset"


async def test_how_far_a_campaign_is(
    events_api: ApiProcess, database: AsyncEngine, organization_id: UUID, key: dict[str, str]
) -> None:
    async with database.begin() as connection:
        campaign = await add_campaign(connection, organization_id)
        sender = (await connection.execute(text("SELECT id FROM senders LIMIT 1"))).scalar_one()
        run = text("""
            INSERT INTO campaign_runs (id, organization_id, campaign_id, occurrence, sender_id, state, created_at)
            VALUES (gen_random_uuid(), :organization_id, :campaign_id, 'once', :sender_id, 'sending', now())
            RETURNING id
        """)
        values = {"organization_id": organization_id, "campaign_id": campaign.id, "sender_id": sender}
        run_id = (await connection.execute(run, values)).scalar_one()
    message = text("""
        INSERT INTO messages (organization_id, direction, state, phone, channel, attempt, tries, campaign_run_id,
                              created_at, updated_at)
        VALUES (:organization_id, 'outbound', 'planned', '+12025550123', 'sms', 1, 0, :run_id, now(), now())
    """)
    async with listening(events_api.url, key, kind="campaign.progress") as stream:
        before = await stream.next()
        async with database.begin() as connection:
            await connection.execute(message, {"organization_id": organization_id, "run_id": run_id})
        async with asyncio.timeout(2):
            after = await stream.next()
    assert (before.id, before.data["messages"]) == (None, {})
    assert after.data == {
        "campaign_id": str(campaign.id),
        "campaign_run_id": str(run_id),
        "state": "sending",
        "messages": {"planned": 1},
    }


@pytest.mark.parametrize(
    ("scopes", "headers", "status"),
    [
        (None, {}, 401),
        ((Scope.MESSAGES_READ,), {}, 403),
        ((Scope.EVENTS_READ,), {"Last-Event-ID": "evt_1"}, 400),
        ((Scope.EVENTS_READ,), {"Last-Event-ID": str(2**63)}, 400),
    ],
    ids=["no key", "another scope", "an id of another stream", "a number that is none of ours"],
)
async def test_refused(
    events_api: ApiProcess,
    database: AsyncEngine,
    organization_id: UUID,
    scopes: tuple[Scope, ...] | None,
    headers: dict[str, str],
    status: int,
) -> None:
    key = await key_for(database, organization_id, *scopes) if scopes else {}
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{events_api.url}/api/v1/stream", headers=key | headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_stream_outlives_an_outage_of_the_database(
    database_url: str, database: AsyncEngine, organization_id: UUID, key: dict[str, str]
) -> None:
    url = make_url(database_url)
    async with proxy_to(str(url.host), url.port or 5432) as proxy:
        through = url.set(host="127.0.0.1", port=proxy.port).render_as_string(hide_password=False)
        async with api_process(through) as api, listening(api.url, key) as stream:
            await happen(database, organization_id, 1)
            assert (await stream.next()).data["data"] == {"number": 1}
            await proxy.down()
            await happen(database, organization_id, 2)
            await asyncio.sleep(1)
            await proxy.up()
            async with asyncio.timeout(10):
                assert (await stream.next()).data["data"] == {"number": 2}


async def test_open_streams_do_not_keep_the_process_from_stopping(
    database_url: str, database: AsyncEngine, organization_id: UUID
) -> None:
    key = await key_for(database, organization_id)
    async with api_process(database_url) as api, listening(api.url, key) as one, listening(api.url, key) as two:
        assert await api.end() < 3
        for stream in (one, two):
            with pytest.raises(StopAsyncIteration):
                await stream.next()
