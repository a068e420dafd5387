"""A code is kept only until it is sent, and nowhere else; and is not lost when a process dies before."""

import pytest
from sqlalchemy import text

from models.messages.direct.drafts import Draft, KeyReused
from tasks.direct import send_direct
from tasks.equipment import Equipment
from tasks.settling import settle_all
from tests.fixtures.campaigns import start_campaign
from tests.integration.direct.posting import post
from tests.integration.replies.conftest import PERSON, Talk
from tests.integration.rights.everywhere import places_of
from tests.integration.rights.test_erasing import delivered

pytestmark = pytest.mark.usefixtures("nothing_unhandled")

CODE = "Your code is 471199"


async def write(talk: Talk, *, body: str = CODE, key: str | None = None) -> int:
    planned = await post(talk.engine, talk.organization_id, Draft(to=PERSON, body=body, key=key), sensitive=True)
    assert planned.id is not None
    return planned.id


async def sent(talk: Talk) -> list[str]:
    asked = (await talk.twilio.get("messages"))["messages"]
    return [one["body"] for one in asked if one["accepted"]]


async def test_the_words_are_sent_and_then_are_nowhere(talk: Talk, tools: Equipment) -> None:
    await talk.say("Hello")
    id_ = await write(talk)
    assert await places_of(talk.engine, CODE) == {"messages": 1}
    assert await talk.rows("SELECT body, secret_body FROM messages WHERE id = :id", id=id_) == [
        ("[sensitive]", CODE)
    ]
    assert await talk.rows("SELECT preview FROM conversations") == [("[sensitive]",)]
    await send_direct(tools, idle_seconds=0.1)
    assert CODE in await sent(talk)
    assert await places_of(talk.engine, "471199") == {}
    assert await talk.rows("SELECT body FROM messages WHERE id = :id", id=id_) == [("[sensitive]",)]


async def test_a_refusal_for_now_keeps_the_words_for_the_next_try(talk: Talk, tools: Equipment) -> None:
    await talk.twilio.set(faults={"too_many_requests": 1})
    await write(talk)
    await send_direct(tools, idle_seconds=0.1)
    assert await talk.rows("SELECT state::text, secret_body FROM messages") == [("planned", CODE)]
    await talk.twilio.set(faults={"too_many_requests": 0})
    await talk.do("UPDATE messages SET send_after = now()")
    await send_direct(tools, idle_seconds=0.1)
    assert await sent(talk) == [CODE]
    assert await places_of(talk.engine, "471199") == {}


async def test_a_lost_answer_is_settled_by_the_words_which_then_go(talk: Talk, tools: Equipment) -> None:
    await write(talk)
    await send_direct(tools, idle_seconds=0.1)
    await delivered(talk)
    await talk.do("DELETE FROM message_events")
    await talk.do(
        "UPDATE messages SET state = 'unknown', twilio_sid = NULL, account_sid = NULL, secret_body = :code,"
        " claimed_at = claimed_at - interval '1 minute'",
        code=CODE,
    )
    tally = await settle_all(tools)
    assert dict(tally.verdicts) == {"adopted": 1}
    assert await places_of(talk.engine, "471199") == {}
    assert await talk.rows("SELECT count(*) FROM settlements WHERE evidence <> '[]'") == [(1,)]
    assert len(await sent(talk)) == 1


@pytest.mark.parametrize("state", ["canceled", "expired", "skipped", "failed"])
async def test_however_a_message_ends_its_words_go_with_it(talk: Talk, state: str) -> None:
    await write(talk)
    await talk.do("UPDATE messages SET state = CAST(:state AS message_state)", state=state)
    assert await places_of(talk.engine, "471199") == {}


async def test_who_said_no_leaves_no_words(talk: Talk) -> None:
    await talk.say("STOP")
    await write(talk)
    assert await talk.rows("SELECT skip_reason FROM messages WHERE direction = 'outbound'") == [("opted_out",)]
    assert await places_of(talk.engine, "471199") == {}


async def test_the_same_key_is_the_same_message_and_the_database_refuses_words_that_stay(talk: Talk) -> None:
    assert await write(talk, key="1") == await write(talk, key="1", body="Your code is 3")
    with pytest.raises(KeyReused):
        await post(talk.engine, talk.organization_id, Draft(to="+13035550142", body=CODE, key="1"))
    async with talk.engine.connect() as connection:
        kept = await connection.execute(text("SELECT count(*) FROM messages WHERE sensitive"))
        assert kept.scalar_one() == 1


async def test_a_sensitive_campaign_keeps_no_texts(talk: Talk, tools: Equipment) -> None:
    body = "Your code is 471199, {{ first_name }}"
    sending = await start_campaign(talk.engine, talk.organization_id, people=2, sensitive=True, body=body)
    await sending.chunk(tools)
    assert await sent(talk) == [f"{CODE}, Ada"] * 2
    assert await talk.rows("SELECT DISTINCT body, secret_body FROM messages") == [("[sensitive]", None)]


async def test_a_worker_that_died_before_its_request_loses_nothing(talk: Talk, tools: Equipment) -> None:
    await write(talk)
    await talk.do(
        "UPDATE messages SET state = 'claimed', claim_id = gen_random_uuid(),"
        " claimed_at = now() - interval '10 minutes', lease_until = now() - interval '9 minutes'"
    )
    assert dict((await settle_all(tools)).verdicts) == {"resent": 1}
    assert await talk.rows("SELECT state::text, body, secret_body FROM messages") == [
        ("planned", "[sensitive]", CODE)
    ]
    await send_direct(tools, idle_seconds=0.1)
    assert await sent(talk) == [CODE]
    assert await places_of(talk.engine, "471199") == {}
