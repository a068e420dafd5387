"""Deliveries are replayed by choice: what is known stays as it is, the rest is handled, and failures are told."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.settings import Settings
from models.columns import utc_now
from models.webhook_events import Delivery, keep_handled, keep_unhandled
from models.webhook_replay import Fate
from models.webhook_selection import Selection
from tasks.archiving import archive_webhooks
from tasks.equipment import open_equipment
from tasks.webhook_replaying import replay_selection
from tests.conftest import ACCOUNT_SID, MARKETING_SERVICE
from tests.integration.campaign_commands import Command
from tests.integration.command_line import Done
from tests.integration.outbox import add_outbound, sid

PERSON = "+12025550142"
ELSEWHERE = "AC" + "9" * 32
BROKEN = Delivery("inbound", "inbound:SM-broken", ACCOUNT_SID, "", [("Body", "no MessageSid")])


def status(number: int, state: str, *, code: str = "", account: str = ACCOUNT_SID) -> Delivery:
    payload = [("MessageSid", sid(number)), ("MessageStatus", state), ("ErrorCode", code)]
    return Delivery("status", f"status:{sid(number)}:{state}", account, "", payload)


def inbound(number: int, body: str) -> Delivery:
    fields = {"From": PERSON, "To": "+12025550100", "MessagingServiceSid": MARKETING_SERVICE, "Body": body}
    payload = [("MessageSid", sid(number)), *fields.items()]
    return Delivery("inbound", f"inbound:{sid(number)}", ACCOUNT_SID, "", payload)


async def found(engine: AsyncEngine, query: str) -> list[tuple[Any, ...]]:
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


@pytest.fixture
async def kept(committed: AsyncEngine) -> AsyncEngine:
    """Deliveries that count as handled, though nothing came of them; one outbound message is known."""
    now = utc_now()
    async with committed.begin() as connection:
        organization_id = (await connection.execute(text("SELECT id FROM organizations"))).scalar_one()
        await add_outbound(connection, organization_id, twilio_sid=sid(1))
        await keep_handled(connection, [status(1, "sent"), status(1, "delivered")], now=now - timedelta(hours=3))
        await keep_handled(connection, [inbound(2, "STOP")], now=now - timedelta(hours=1))
        await keep_handled(connection, [status(3, "sent", account=ELSEWHERE)], now=now - timedelta(minutes=30))
    return committed


async def _replay(engine: AsyncEngine, **chosen: Any) -> Counter[Fate]:
    return await replay_selection(engine, Selection(**chosen), clock=utc_now)


async def test_all_is_handled_once_and_then_unchanged(kept: AsyncEngine) -> None:
    assert await _replay(kept) == Counter({Fate.HANDLED: 4})
    state = """
        SELECT (SELECT state::text FROM messages WHERE direction = 'outbound'),
            (SELECT count(*) FROM messages WHERE direction = 'inbound'),
            (SELECT count(*) FROM consents WHERE state = 'opted_out'), (SELECT count(*) FROM message_events)
    """
    once = await found(kept, state)
    assert once == [("delivered", 1, 2, 3)]
    assert await _replay(kept) == Counter({Fate.UNCHANGED: 4})
    assert await found(kept, state) == once


async def test_a_selection_takes_what_it_says(kept: AsyncEngine) -> None:
    now = utc_now()
    ((own,),) = await found(kept, "SELECT id FROM organizations")
    cases: list[tuple[str, dict[str, Any], int]] = [
        ("by SID", {"sid": sid(1)}, 2),
        ("a person's message by SID", {"sid": sid(2)}, 1),
        ("an unknown SID", {"sid": sid(9)}, 0),
        ("since", {"since": now - timedelta(hours=2)}, 2),
        ("until", {"until": now - timedelta(hours=2)}, 2),
        ("between", {"since": now - timedelta(hours=2), "until": now - timedelta(minutes=45)}, 1),
        ("of an organization", {"organization_id": own}, 3),
    ]
    for label, chosen, count in cases:
        assert (await _replay(kept, **chosen)).total() == count, label


async def test_one_at_fault_stops_no_other_and_is_tried_again_ever_later(kept: AsyncEngine) -> None:
    async with kept.begin() as connection:
        await keep_unhandled(connection, BROKEN, error="first", now=utc_now())
        broken = "UPDATE webhook_events SET payload = '[[1, 2]]' WHERE dedupe_key = :key"
        await connection.execute(text(broken), {"key": status(1, "sent").dedupe_key})
    assert await _replay(kept) == Counter({Fate.HANDLED: 3, Fate.FAILED: 2})
    waits = """
        SELECT tries, round(EXTRACT(epoch FROM next_try_at - clock_timestamp()) / 60) FROM webhook_events
        WHERE dedupe_key = 'inbound:SM-broken'
    """
    assert await found(kept, waits) == [(2, 2)]
    told = "SELECT kind, detail ->> 'webhook_kind', detail ->> 'reason' FROM incidents"
    assert await found(kept, told) == [("unhandled_webhook", "inbound", "KeyError")]
    for _ in range(11):
        await _replay(kept, since=utc_now() - timedelta(minutes=1))
    assert await found(kept, waits) == [(13, 360)], "six hours at most"
    assert len(await found(kept, told)) == 1


@pytest.fixture
def webhooks(settings: Settings, tmp_path: Path, tidings: Command) -> Callable[..., Awaitable[Done]]:
    """Runs `tidings webhooks …`, with an archive in a folder."""
    assert settings.tidings_webhook_archive is None

    async def run(*arguments: str) -> Done:
        return await tidings("webhooks", *arguments, TIDINGS_WEBHOOK_ARCHIVE=f"file://{tmp_path}/archive")

    return run


async def test_the_command_tells_what_became_of_them(kept: AsyncEngine, webhooks: Command) -> None:
    done = await webhooks("replay", "--since", "2h", "--json")
    assert (done.status, json.loads(done.stdout)) == (0, {"handled": 2, "unchanged": 0, "failed": 0})
    done = await webhooks("replay", "--sid", sid(2), "--organization", "default")
    assert done.stdout.strip() == "0 handled, 1 unchanged, 0 failed."
    async with kept.begin() as connection:
        await keep_unhandled(connection, BROKEN, error="first", now=utc_now())
    done = await webhooks("replay", "--since", "1m")
    assert (done.status, done.stdout.strip()) == (1, "0 handled, 0 unchanged, 1 failed.")


async def test_failed_ones_are_listed_without_what_is_in_them(kept: AsyncEngine, webhooks: Command) -> None:
    assert (await webhooks("failed")).stdout.strip() == "Every webhook was handled."
    async with kept.begin() as connection:
        await keep_unhandled(connection, inbound(7, "a secret"), error="DataError 22003", now=utc_now())
    (one,) = json.loads((await webhooks("failed", "--json")).stdout)["failed"]
    assert (one["kind"], one["reason"], one["tries"], one["sid"]) == ("inbound", "DataError 22003", 1, sid(7))
    shown = (await webhooks("failed", "--organization", "default")).stdout
    assert sid(7) in shown
    assert PERSON not in shown
    assert "secret" not in shown


REFUSED: list[tuple[tuple[str, ...], int, str]] = [
    (("replay",), 2, "Say which"),
    (("replay", "--since", "later"), 2, "is no time"),
    (("replay", "--since", "1h", "--until", "2h"), 2, "must be later than"),
    (("replay", "--since", "1h", "--organization", "none"), 1, 'no organization "none"'),
    (("replay", "--since", "1h", "--archive", "nowhere://x"), 1, "Protocol not known"),
    (("failed", "--organization", "none"), 1, 'no organization "none"'),
]


@pytest.mark.parametrize(("arguments", "exit_status", "sentence"), REFUSED)
async def test_what_makes_no_sense_is_refused(
    arguments: tuple[str, ...], exit_status: int, sentence: str, webhooks: Command
) -> None:
    done = await webhooks(*arguments)
    assert (done.status, done.stdout) == (exit_status, "")
    assert sentence in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


async def test_an_archive_that_is_no_address_is_refused_at_once(tidings: Command) -> None:
    done = await tidings("webhooks", "failed", TIDINGS_WEBHOOK_ARCHIVE="s3//bucket")
    assert done.refusal.startswith("TIDINGS_WEBHOOK_ARCHIVE must be an address such as file:///srv/archive")


async def test_from_an_archive_that_is_not_set_is_refused(tidings: Command) -> None:
    done = await tidings("webhooks", "replay", "--since", "1h", "--from-archive")
    assert done.refusal == "TIDINGS_WEBHOOK_ARCHIVE is not set; name the archive with --archive URL."


async def test_the_archive_is_replayed_by_the_command(
    kept: AsyncEngine, settings: Settings, webhooks: Command, tmp_path: Path
) -> None:
    changes = {"tidings_webhook_archive": f"file://{tmp_path}/archive", "tidings_webhook_archive_seconds": 0.0}
    async with open_equipment(settings.model_copy(update=changes)) as tools:
        assert (await archive_webhooks(tools)).written == 1
    async with kept.begin() as connection:
        await connection.execute(text("DELETE FROM webhook_events"))
    done = await webhooks("replay", "--from-archive", "--since", "2h", "--json")
    assert (done.status, json.loads(done.stdout)) == (0, {"handled": 2, "unchanged": 0, "failed": 0})
    named = await webhooks("replay", "--archive", f"file://{tmp_path}/archive", "--sid", sid(1))
    assert named.stdout.strip() == "2 handled, 0 unchanged, 0 failed."
