"""Whoever is erased is nowhere any more: no table, file, archive and Twilio has them; and stays unwritten to."""

import asyncio
import gzip
from base64 import b64encode
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from messaging.callbacks import CallbackRef
from messaging.number_hash import NumberHash
from messaging.statuses import MessageState
from messaging.twilio_erasing import NotErased
from models.columns import utc_now
from models.messages.direct.drafts import Draft, PlannedDirect
from models.messages.status_reports import StatusReport
from models.messages.statuses import apply_statuses
from models.rights.beginning import ErasureOrder
from models.rights.suppressed import HashKeyLost, PersonErased
from models.webhook_events import Delivery, keep_handled
from tasks.archiving import archive_webhooks
from tasks.direct import send_direct
from tasks.equipment import Equipment
from tasks.erasing import Erased, erase_person
from tasks.erasing_steps import ErasingSteps
from tasks.media import tend_media
from tests.fixtures.campaigns import start_campaign
from tests.integration.direct.posting import post
from tests.integration.population import phone
from tests.integration.replies.conftest import PERSON, Talk
from tests.integration.rights.everywhere import places_of
from tests.simulator.running import ACCOUNT_SID, MESSAGES, until

pytestmark = pytest.mark.usefixtures("nothing_unhandled")

OTHER = "+13035550142"
LOOK = timedelta(seconds=0.5)
"""A look at consent is 250 ms old at most; the request then takes a moment."""
SURVEY = """
name: visit
steps:
  - {key: why, kind: text, text: 'Why?'}
closing: 'Thanks!'
"""
PICTURE = {"content_type": "image/png", "data": b64encode(b"\x89PNG\r\n\x1a\n" + bytes(200)).decode()}


def order(talk: Talk, phone: str = PERSON, *, at_twilio: bool = False) -> ErasureOrder:
    return ErasureOrder(
        organization_id=talk.organization_id, phone=phone, actor="ada", why="asked for it", at_twilio=at_twilio
    )


async def erase(tools: Equipment, talk: Talk, *, at_twilio: bool = False) -> Erased:
    return await erase_person(tools, order(talk, at_twilio=at_twilio))


async def write(talk: Talk, body: str = "Your table is ready, Ada.", *, to: str = PERSON) -> PlannedDirect:
    return await post(talk.engine, talk.organization_id, Draft(to=to, body=body))


async def delivered(talk: Talk) -> None:
    """Waits until every message of ours has its last status."""

    async def reached() -> bool:
        left = "SELECT count(*) FROM messages WHERE direction = 'outbound' AND state <> 'delivered'"
        return await talk.rows(left) == [(0,)]

    await until(reached)


async def has_a_history(tools: Equipment, talk: Talk) -> None:
    """Two people who wrote, with pictures, and got messages that were delivered; all of it archived."""
    for person in (PERSON, OTHER):
        await talk.say("Hello there", person=person, media=[PICTURE])
        await talk.say("JOIN the secret words", person=person)
        await write(talk, to=person)
    await talk.say("START")
    await talk.do("UPDATE contacts SET first_name = 'Zebulon', email = 'z@example.org' WHERE phone = :p", p=PERSON)
    await tend_media(tools)
    await send_direct(tools, idle_seconds=0.1)
    await delivered(talk)
    await archive_webhooks(tools)


def archived(tools: Equipment, tmp_path: Path) -> str:
    assert tools.settings.tidings_webhook_archive
    files = sorted((tmp_path / "archive").rglob("*.gz"))
    return "".join(gzip.decompress(file.read_bytes()).decode() for file in files)


async def test_nothing_of_the_person_is_left_anywhere_and_the_others_stay(
    talk: Talk, tools: Equipment, tmp_path: Path
) -> None:
    await has_a_history(tools, talk)
    assert PERSON in archived(tools, tmp_path)
    assert len([path for path in (tmp_path / "media").rglob("*") if path.is_file()]) == 2
    states = await talk.rows("SELECT direction, state::text, count(*) FROM messages GROUP BY 1, 2 ORDER BY 1, 2")
    erased = await erase(tools, talk, at_twilio=True)
    assert erased.is_finished
    for sought in (PERSON, PERSON.removeprefix("+"), "Zebulon", "z@example.org"):
        assert await places_of(talk.engine, sought) == {}
    assert PERSON not in archived(tools, tmp_path)
    assert OTHER in archived(tools, tmp_path)
    assert len([path for path in (tmp_path / "media").rglob("*") if path.is_file()]) == 1
    assert states == await talk.rows(
        "SELECT direction, state::text, count(*) FROM messages GROUP BY 1, 2 ORDER BY 1, 2"
    )
    assert await places_of(talk.engine, OTHER) != {}
    left = (await talk.twilio.request("GET", f"{MESSAGES}.json?PageSize=1000")).json["messages"]
    assert {address for one in left for address in (one["to"], one["from"])}.isdisjoint({PERSON})
    assert len(left) > 0


async def test_the_trail_tells_who_when_why_and_how_much_without_the_number(talk: Talk, tools: Equipment) -> None:
    await has_a_history(tools, talk)
    theirs = await talk.rows("SELECT count(*) FROM messages WHERE phone = :phone", phone=PERSON)
    erased = await erase(tools, talk)
    [(actor, why, counts, finished)] = await talk.rows(
        "SELECT actor, why, counts, finished_at IS NOT NULL FROM erasures"
    )
    assert (actor, why, finished) == ("ada", "asked for it", True)
    assert counts == dict(erased.counts)
    assert counts["contacts"] == 1
    assert [(counts["messages"],)] == theirs
    assert counts["media_files"] == 1
    assert counts["archived_webhooks"] > 0


async def test_what_was_planned_is_never_sent_and_an_erased_number_is_refused(
    talk: Talk, tools: Equipment
) -> None:
    planned = await write(talk)
    await erase(tools, talk)
    assert await talk.rows("SELECT state::text, phone FROM messages WHERE id = :id", id=planned.id) == [
        ("canceled", "")
    ]
    with pytest.raises(PersonErased):
        await write(talk)
    await send_direct(tools, idle_seconds=0.1)
    assert (await talk.twilio.get("messages"))["messages"] == []
    assert (await write(talk, to=OTHER)).state == "planned"


async def test_a_lost_answer_is_given_up_and_what_twilio_says_late_brings_nothing_back(
    talk: Talk, tools: Equipment
) -> None:
    planned = await write(talk)
    await send_direct(tools, idle_seconds=0.1)
    await delivered(talk)
    [(sid,)] = await talk.rows("SELECT twilio_sid FROM messages WHERE id = :id", id=planned.id)
    await talk.do("UPDATE messages SET state = 'unknown', twilio_sid = NULL, account_sid = NULL")
    await talk.do("DELETE FROM message_events")
    await erase(tools, talk)
    assert await talk.rows("SELECT state::text, phone FROM messages") == [("failed", "")]
    payload = [("MessageSid", sid), ("MessageStatus", "delivered"), ("To", PERSON), ("From", "+12025550100")]
    delivery = Delivery(
        kind="status", dedupe_key=f"status:{sid}:delivered", account_sid=ACCOUNT_SID, query="", payload=payload
    )
    reference = CallbackRef(message_id=planned.id or 0, attempt=1)
    report = StatusReport(sid, MessageState.DELIVERED, ACCOUNT_SID, None, reference)
    async with talk.engine.begin() as connection:
        await keep_handled(connection, [delivery], now=utc_now())
        await apply_statuses(connection, [report], now=utc_now())
    assert await talk.rows("SELECT state::text, twilio_sid FROM messages") == [("delivered", sid)]
    assert await places_of(talk.engine, PERSON) == {}


async def kept_by_twilio(talk: Talk, tools: Equipment, *, lost: bool = False) -> None:
    """A message that Twilio is to send to the person in two hours; `lost`: so was its answer."""
    later = {"send_after": utc_now() + timedelta(hours=2), "schedule_at_twilio": True}
    await talk.twilio.set(faults={"reset_after": 1.0} if lost else None)
    await post(talk.engine, talk.organization_id, Draft(to=PERSON, body="Your table is ready, Ada."), **later)
    await send_direct(tools, idle_seconds=0.1)
    await talk.twilio.set(faults=None)
    assert await talk.rows("SELECT state::text FROM messages") == [("unknown" if lost else "scheduled",)]


@pytest.mark.parametrize("lost", [False, True], ids=["known", "its answer lost"])
async def test_what_twilio_keeps_for_later_is_canceled_there(talk: Talk, tools: Equipment, *, lost: bool) -> None:
    await kept_by_twilio(talk, tools, lost=lost)
    assert (await erase(tools, talk)).is_finished
    assert await talk.rows("SELECT state::text, phone FROM messages") == [("canceled", "")]
    [entry] = (await talk.twilio.get("messages"))["messages"]
    assert entry["message_status"] == "canceled"


async def test_nobody_is_erased_to_whom_twilio_may_still_send(talk: Talk, tools: Equipment) -> None:
    await kept_by_twilio(talk, tools)
    await talk.twilio.set(cancel_fault="error_before")
    with pytest.raises(NotErased, match="did not confirm that 1 scheduled"):
        await erase(tools, talk)
    assert await talk.rows("SELECT finished_at FROM erasures") == [(None,)]
    await talk.twilio.set(cancel_fault=None)
    assert (await erase(tools, talk, at_twilio=True)).is_finished
    assert (await talk.twilio.request("GET", f"{MESSAGES}.json?To={PERSON}")).json["messages"] == []


async def test_a_request_under_way_is_waited_for(talk: Talk, tools: Equipment) -> None:
    planned = await write(talk)
    await talk.do(
        "UPDATE messages SET state = 'claimed', claim_id = gen_random_uuid(), claimed_at = clock_timestamp(),"
        " lease_until = clock_timestamp() + interval '1 second' WHERE id = :id",
        id=planned.id,
    )
    told: list[str] = []
    erased = await erase_person(tools, order(talk), told=told.append)
    assert erased.is_finished
    assert await talk.rows("SELECT state::text, phone FROM messages") == [("failed", "")]


async def test_broken_off_anywhere_the_same_command_completes_it(
    talk: Talk, tools: Equipment, monkeypatch: pytest.MonkeyPatch
) -> None:
    await has_a_history(tools, talk)

    async def killed(_: ErasingSteps) -> bool:
        raise KeyboardInterrupt

    for step in ("stand_still", "tables", "strays", "webhooks", "finish"):
        with monkeypatch.context() as patch:
            patch.setattr(ErasingSteps, step, killed)
            with pytest.raises(KeyboardInterrupt):
                await erase(tools, talk)
        assert await talk.rows("SELECT finished_at FROM erasures") == [(None,)]
        refused = await talk.rows(
            "SELECT count(*) FROM contacts ct WHERE phone = :p AND NOT EXISTS (SELECT FROM consents c"
            " WHERE c.phone = ct.phone AND c.state = 'opted_out' AND c.message_type = 'transactional')",
            p=PERSON,
        )
        assert refused == [(0,)], "blocked from the first step on"
    assert (await erase(tools, talk)).begun.is_resumed
    assert await places_of(talk.engine, PERSON) == {}
    assert await talk.rows("SELECT finished_at IS NOT NULL FROM erasures") == [(True,)]


async def test_in_the_middle_of_a_campaign_nothing_leaves_once_the_number_is_blocked(
    talk: Talk, tools: Equipment
) -> None:
    sending = await start_campaign(talk.engine, talk.organization_id, people=120)
    work = asyncio.create_task(sending.chunk(tools))
    await asyncio.sleep(0.3)
    people = [phone(60), phone(119)]
    for person in people:
        await erase_person(tools, order(talk, person))
    await work
    while (await sending.chunk(tools)).taken:
        pass
    blocked = await talk.rows("SELECT requested_at FROM erasures ORDER BY requested_at")
    log = (await talk.twilio.get("messages"))["messages"]
    for person, (at,) in zip(people, blocked, strict=True):
        requested = [datetime.fromisoformat(one["received_at"]) for one in log if one["to"] == person]
        assert all(moment < at + LOOK for moment in requested)
    assert len({one["to"] for one in log}) >= 118
    assert await places_of(talk.engine, people[1]) == {}


async def test_a_person_who_writes_again_hears_nothing_before_their_start(talk: Talk, tools: Equipment) -> None:
    await talk.rules("rules: [{words: [hours], reply: 'We open at 9.'}]")
    await talk.say("Hello")
    await erase(tools, talk)
    assert await talk.say("hours") == []
    assert (await write(talk)).reason == "opted_out"
    await talk.say("START")
    assert await talk.rows("SELECT count(*) FROM suppressions") == [(0,)]
    assert await talk.say("hours") == ["We open at 9."]
    assert (await write(talk)).state == "planned"
    assert await talk.rows(
        "SELECT state FROM consents WHERE message_type = 'marketing' AND channel = 'sms' AND topic = ''"
    ) == [("unknown",)]


async def test_a_stop_of_an_erased_person_is_kept(talk: Talk, tools: Equipment) -> None:
    await talk.say("Hello")
    await erase(tools, talk)
    await talk.say("STOP")
    assert await talk.rows("SELECT DISTINCT state FROM consents") == [("opted_out",)]
    assert await talk.rows("SELECT count(*) FROM consent_events WHERE method = 'keyword'") == [(2,)]


async def test_without_a_key_nothing_is_erased_and_with_another_nobody_is_taken_in(
    talk: Talk, tools: Equipment
) -> None:
    await erase(tools, talk)
    await talk.do("UPDATE suppressions SET key_id = 'of another key'")
    with pytest.raises(HashKeyLost):
        await write(talk, to=OTHER)
    await talk.do("DELETE FROM suppressions")
    assert (await write(talk, to=OTHER)).state == "planned"


def test_hashes_differ_by_key_and_number() -> None:
    from pydantic import SecretStr  # noqa: PLC0415

    one, other = NumberHash(SecretStr("a" * 64)), NumberHash(SecretStr("b" * 64))
    assert len({one(PERSON), one(OTHER), other(PERSON), other(OTHER)}) == 4
    assert one(PERSON) == NumberHash(SecretStr("a" * 64))(PERSON)
    assert one.key_id != other.key_id
