"""What was written while no webhook could reach us is read from Twilio, once, in the order it was written."""

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from messaging.settings import Settings
from models.columns import utc_now
from models.exclusive import Duty, exclusive
from models.gaps.beats import beat, read_receiver
from models.webhook_replay import Fate
from tasks.catching_up import catch_up
from tasks.equipment import Equipment, open_equipment
from tests.conftest import ACCOUNT_SID as OTHER_ACCOUNT
from tests.integration.command_line import Done, run_command
from tests.integration.gaps.conftest import Write, come_back, complete_until, found, go_away
from tests.simulator.running import Twilio

ADA, BEN = "+12125550101", "+12125550102"
STATES = "SELECT DISTINCT phone, state FROM consents ORDER BY phone"
INBOUND = "SELECT phone, body FROM messages WHERE direction = 'inbound' ORDER BY phone, id"


async def test_while_the_receiver_is_there_nothing_is_asked_before_its_time(
    tools: Equipment, write: Write
) -> None:
    async with tools.engine.begin() as connection:
        await beat(connection)
        await connection.execute(text("UPDATE receiver_beats SET up_since = up_since - interval '1 hour'"))
    await write(ADA, "STOP")
    assert (await catch_up(tools)).organizations == 0


async def test_a_stop_counts_once_the_receiver_is_back(tools: Equipment, write: Write) -> None:
    await write(ADA, "Hello?")
    await write(ADA, "STOP")
    await write(BEN, "Thanks!")
    await come_back(tools.engine)
    tally = await catch_up(tools)
    assert (tally.missed, tally.fates, tally.problems) == (3, Counter({Fate.HANDLED: 3}), [])
    assert await found(tools.engine, INBOUND) == [(ADA, "Hello?"), (ADA, "STOP"), (BEN, "Thanks!")]
    assert await found(tools.engine, STATES) == [(ADA, "opted_out")]
    assert (await catch_up(tools)).organizations == 0, "compared once, until the next gap"


async def test_a_stop_counts_also_while_the_receiver_is_away(tools: Equipment, write: Write) -> None:
    await go_away(tools.engine)
    await write(ADA, "STOP")
    assert (await catch_up(tools)).missed == 1
    await write(BEN, "STOP")
    assert (await catch_up(tools)).missed == 1
    assert await found(tools.engine, STATES) == [(ADA, "opted_out"), (BEN, "opted_out")]


async def test_a_webhook_that_comes_after_all_changes_nothing(tools: Equipment, write: Write) -> None:
    sid = await write(ADA, "STOP")
    await come_back(tools.engine)
    await catch_up(tools)
    kept = "SELECT dedupe_key, kind, query, answer IS NOT NULL FROM webhook_events"
    assert await found(tools.engine, kept) == [(f"inbound:{sid}", "inbound", "listed", True)]
    await come_back(tools.engine)
    again = await catch_up(tools)
    assert (again.organizations, again.missed) == (1, 0)
    assert await found(tools.engine, "SELECT unread FROM conversations") == [(1,)]


@pytest.mark.parametrize(
    ("seconds_later", "is_overtaken"),
    [
        pytest.param(-60, False, id="she wrote START before"),
        pytest.param(60, False, id="clocks may differ by as much"),
        pytest.param(600, True, id="she wrote START after"),
    ],
)
async def test_a_stop_heard_late_counts_unless_a_later_word_was_heard(
    seconds_later: float, tools: Equipment, write: Write, *, is_overtaken: bool
) -> None:
    await write(ADA, "STOP")
    async with tools.engine.begin() as connection:
        await connection.execute(
            text("""
                INSERT INTO consent_events (organization_id, phone, message_type, topic, channel, state_before,
                    state_after, method, source, message_sid, given_at, recorded_at)
                SELECT id, :ada, 'marketing', '', 'sms', 'unknown', 'unknown', 'keyword', 'a START', 'SM1',
                    clock_timestamp() + make_interval(secs => :later), clock_timestamp() FROM organizations
            """),
            {"ada": ADA, "later": seconds_later},
        )
    await come_back(tools.engine)
    assert (await catch_up(tools)).fates == Counter({Fate.HANDLED: 1})
    assert await found(tools.engine, STATES) == ([] if is_overtaken else [(ADA, "opted_out")])


async def test_a_comparison_that_failed_is_due_again_and_holds_marketing(
    tools: Equipment, write: Write, sending_settings: Settings
) -> None:
    await write(ADA, "STOP")
    await come_back(tools.engine)
    before = await complete_until(tools.engine)
    async with tools.engine.begin() as connection:
        await connection.execute(
            text("""
                INSERT INTO budgets (key, rate, free_at)
                SELECT 'sender:' || id, 10, clock_timestamp() FROM senders
            """)
        )
    closed = """
        SELECT s.purpose FROM budgets b JOIN senders s ON b.key = 'sender:' || s.id
        WHERE b.closed_until > clock_timestamp()
    """
    async with open_equipment(
        sending_settings.model_copy(update={"twilio_api_base_url": "http://127.0.0.1:9"})
    ) as cut_off:
        tally = await catch_up(cut_off)
    assert (tally.missed, tally.held, len(tally.problems)) == (0, 1, 1)
    assert await found(tools.engine, closed) == [("marketing",)]
    assert await complete_until(tools.engine) == before
    assert (await catch_up(tools)).missed == 1
    assert await found(tools.engine, STATES) == [(ADA, "opted_out")]


async def test_now_and_then_all_is_compared_but_what_may_be_under_way(
    tools: Equipment, write: Write, sending_settings: Settings
) -> None:
    """A tunnel that was down leaves the receiver alive; a message a second old may be about to arrive."""
    await write(ADA, "STOP")
    often = sending_settings.model_copy(update={"tidings_inbound_check_seconds": 0.001})
    async with open_equipment(often) as equipment:
        young = await catch_up(equipment)
    assert (young.organizations, young.missed) == (1, 0)
    later = await catch_up(tools, since=utc_now() - timedelta(hours=1))
    assert later.missed == 1, "by hand everything counts"


async def test_a_number_of_nobodys_service_still_hears_stop(tools: Equipment, twilio: Twilio) -> None:
    await twilio.say(ADA, "STOP", messaging_service_sid=None, to="+12125550199")
    await come_back(tools.engine)
    assert (await catch_up(tools)).fates == Counter({Fate.HANDLED: 1})
    assert await found(tools.engine, STATES) == [(ADA, "opted_out")]
    assert await found(tools.engine, INBOUND) == []


async def test_one_account_that_cannot_be_used_keeps_no_other_from_its_turn(
    tools: Equipment, write: Write
) -> None:
    async with tools.engine.begin() as connection:
        await connection.execute(
            text("""
                INSERT INTO organizations (id, slug, name, twilio_account_sid, default_region, created_at)
                VALUES (gen_random_uuid(), 'another', 'Another', :sid, 'US', clock_timestamp())
            """),
            {"sid": OTHER_ACCOUNT},
        )
    await catch_up(tools)
    await write(ADA, "STOP")
    await come_back(tools.engine)
    tally = await catch_up(tools)
    assert (tally.organizations, tally.missed, len(tally.problems)) == (2, 1, 1)
    assert '"another"' in tally.problems[0]


async def test_only_one_compares_at_a_time(tools: Equipment) -> None:
    async with exclusive(tools.engine, Duty.CATCHING_UP):
        assert (await catch_up(tools)).busy


async def test_a_break_of_more_than_fifteen_seconds_begins_a_new_stretch(tools: Equipment) -> None:
    cases: dict[str, Any] = {"5 seconds": False, "14 seconds": False, "16 seconds": True, "1 day": True}
    for silence, is_new in cases.items():
        async with tools.engine.begin() as connection:
            await connection.execute(text("DELETE FROM receiver_beats"))
            await beat(connection)
            aged = "UPDATE receiver_beats SET beat_at = beat_at - CAST(:s AS interval), up_since = '2026-01-01Z'"
            await connection.execute(text(aged), {"s": silence})
            away = await read_receiver(connection)
            await beat(connection)
            back = await read_receiver(connection)
        assert away is not None
        assert back is not None
        assert (away.is_away, back.is_away, back.seconds_up < 5) == (is_new, False, is_new), silence


async def test_whatsapp_and_attachments_are_heard_too(tools: Equipment, twilio: Twilio) -> None:
    async with tools.engine.begin() as connection:
        await connection.execute(
            text("""
                INSERT INTO senders (id, organization_id, purpose, address, channel, rate, state, created_at)
                SELECT gen_random_uuid(), id, 'transactional', '+12025550188', 'whatsapp', 10, 'active', now()
                FROM organizations
            """)
        )
    picture = {"content_type": "image/png", "data": "iVBORw0KGgo="}
    whatsapp = {"messaging_service_sid": None, "to": "whatsapp:+12025550188"}
    await twilio.say(f"whatsapp:{ADA}", "Look!", media=[picture, picture], **whatsapp)
    await come_back(tools.engine)
    assert (await catch_up(tools)).fates == Counter({Fate.HANDLED: 1})
    ((channel, phone, media),) = await found(
        tools.engine, "SELECT channel, phone, media FROM messages WHERE direction = 'inbound'"
    )
    assert (channel, phone) == ("whatsapp", ADA)
    assert [medium["content_type"] for medium in media] == ["image/png"] * 2
    assert all(str(medium["url"]).startswith(twilio.url) for medium in media)


async def test_by_hand_it_is_a_command(tools: Equipment, write: Write, tmp_path: Path) -> None:
    environment = {"TIDINGS_ENV_FILE": ""}
    for name, value in tools.settings.model_dump(exclude_none=True, exclude_defaults=True).items():
        environment[name.upper()] = str(value.get_secret_value() if isinstance(value, SecretStr) else value)

    async def run(*arguments: str, **changes: str) -> Done:
        command = ("webhooks", "catch-up", *arguments)
        return await run_command(*command, environment={**environment, **changes}, folder=tmp_path)

    await write(ADA, "STOP")
    assert (await run()).stdout.strip() == "1 missed, 1 handled."
    await write(BEN, "STOP")
    told = json.loads((await run("--since", "2h", "--organization", "default", "--json")).stdout)
    assert (told["missed"], told["handled"], told["failed"], told["problems"]) == (1, 1, 0, [])
    failed = await run(TWILIO_API_BASE_URL="http://127.0.0.1:9")
    assert failed.status == 1
    assert "Twilio did not list what people wrote" in failed.stderr
