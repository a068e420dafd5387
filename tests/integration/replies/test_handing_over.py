"""A conversation in other hands: a flow of Twilio Studio, a person of ours; and taken back."""

from datetime import timedelta

import pytest

from models.columns import utc_now
from models.conversations.modes import set_mode
from models.conversations.tables import Mode
from models.replies.flow_starts import start_flows
from tasks.equipment import Equipment
from tests.conftest import TRANSACTIONAL_SERVICE
from tests.integration.replies.conftest import PERSON, WHATSAPP, Talk
from tests.simulator.running import ACCOUNT_SID, until

FLOW = "FW" + "5a" * 16
RULES = f"""
rules:
  - {{words: [agent], studio: {FLOW}, reply: 'One moment.'}}
  - {{words: [robot], take_back: true, reply: 'Me again.'}}
  - {{words: [hours], reply: '9 to 5'}}
default: {{reply: 'We will read this.'}}
"""
WEBHOOK = f"https://webhooks.twilio.com/v1/Accounts/{ACCOUNT_SID}/Flows/{FLOW}"


async def executions(talk: Talk) -> list[dict[str, str]]:
    found: list[dict[str, str]] = (await talk.twilio.get("executions"))["executions"]
    return found


async def mode(talk: Talk) -> str:
    [(mode,)] = await talk.rows("SELECT mode FROM conversations")
    return str(mode)


@pytest.mark.parametrize("whatsapp", [False, True], ids=["sms", "whatsapp"])
async def test_a_flow_takes_over_until_it_is_taken_back(talk: Talk, *, whatsapp: bool) -> None:
    await talk.rules(RULES)
    assert await talk.say("agent", whatsapp=whatsapp) == ["One moment."]
    await until(lambda: executions(talk))
    [execution] = await executions(talk)
    ours = f"whatsapp:{WHATSAPP}" if whatsapp else TRANSACTIONAL_SERVICE
    theirs = f"whatsapp:{PERSON}" if whatsapp else PERSON
    assert (execution["flow_sid"], execution["contact_channel_address"], execution["from"]) == (FLOW, theirs, ours)
    twiml = (await talk.say_raw("hours", whatsapp=whatsapp))["twiml"]
    assert f"<Redirect>{WEBHOOK}</Redirect>" in twiml
    assert "9 to 5" not in twiml
    assert await talk.say("robot", whatsapp=whatsapp) == ["Me again."]
    assert await talk.say("hours", whatsapp=whatsapp) == ["9 to 5"]
    assert await talk.rows("SELECT state, execution_sid FROM studio_starts") == [("started", execution["sid"])]


async def test_a_stop_is_obeyed_in_a_flows_turn(talk: Talk) -> None:
    await talk.rules(RULES)
    await talk.say("agent", whatsapp=True)
    assert "unsubscribed" in (await talk.say("STOP", whatsapp=True))[0]
    assert await talk.say("hours", whatsapp=True) == []


async def test_a_flow_that_will_not_start_gives_the_conversation_back(talk: Talk, tools: Equipment) -> None:
    await talk.rules(RULES)
    await talk.do("UPDATE organizations SET slug = 'lost', auth_token_ref = NULL")
    await talk.say("agent")
    while await mode(talk) == "studio":
        await talk.do("UPDATE studio_starts SET next_try_at = now() WHERE next_try_at IS NOT NULL")
        await start_flows(tools.engine, tools.settings, now=utc_now())
    assert await executions(talk) == []
    assert await talk.rows("SELECT state, tries FROM studio_starts") == [("failed", 6)]


async def test_while_a_person_answers_the_rules_are_silent_for_a_time(talk: Talk) -> None:
    await talk.rules(RULES)
    await talk.say("Hi")
    [(conversation_id,)] = await talk.rows("SELECT id FROM conversations")
    until = utc_now() + timedelta(hours=1)
    async with talk.engine.begin() as connection:
        assert await set_mode(
            connection,
            organization_id=talk.organization_id,
            conversation_id=conversation_id,
            mode=Mode.PERSON,
            until=until,
        )
    assert await talk.say("hours") == []
    await talk.do("UPDATE conversations SET mode_until = now()")
    assert await talk.say("hours") == ["9 to 5"]
