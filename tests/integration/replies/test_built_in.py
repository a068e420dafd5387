"""STOP, START and HELP: obeyed always, answered once, and only where Twilio does not."""

import pytest

from tests.integration.replies.conftest import PERSON, Talk

STOPPED = "Acme: you are unsubscribed and will get no more messages from us. Reply START to get them again."
STARTED = "Acme: you will get messages from us again. Reply HELP for help, STOP to unsubscribe."
HELP = "Acme: reply STOP to get no more messages from us, START to get them again."
OUTBOUND = "SELECT cause, state::text FROM messages WHERE direction = 'outbound' AND cause IS NOT NULL ORDER BY id"

CASES: dict[str, tuple[str, bool, list[str], list[list[str]]]] = {
    "whatsapp, nothing loaded": ("", True, ["STOP", "help", "START"], [[STOPPED], [HELP], [STARTED]]),
    "sms, where Twilio answers": ("", False, ["STOP", "help", "START"], [[], [], []]),
    "one confirmation, however often": ("", True, ["STOP", "stop!", "Unsubscribe"], [[STOPPED], [], []]),
    "a START with nothing to restore": ("", True, ["START"], [[]]),
    "own words": (
        "{identity: Ada, stop: '{{ identity }}: bye', help: 'call us'}",
        True,
        ["HELP", "STOP"],
        [["call us"], ["Ada: bye"]],
    ),
    "nowhere": ("answers: none", True, ["STOP", "HELP"], [[], []]),
    "a stop word first is no rule": ("rules: [{words: [hours], reply: x}]", True, ["stop hours"], [[STOPPED]]),
    "sms, in words that Twilio does not know": ("", False, ["Stop please", "stop please"], [[STOPPED], []]),
    "sms, in another language": ("", False, ["Bitte abmelden!"], [[STOPPED]]),
    "sms, in doubt": ("", False, ["please cancel my order"], [[]]),
}


@pytest.mark.parametrize("case", CASES)
async def test_answers(talk: Talk, case: str) -> None:
    rules, whatsapp, said, expected = CASES[case]
    await talk.twilio.set(confirm_opt_outs=False)
    if rules:
        await talk.rules(rules)
    assert [await talk.say(body, whatsapp=whatsapp) for body in said] == expected


@pytest.mark.parametrize("whatsapp", [False, True], ids=["sms", "whatsapp"])
async def test_who_said_no_gets_nothing_but_help(talk: Talk, *, whatsapp: bool) -> None:
    await talk.rules("{answers: [sms, whatsapp], rules: [{words: [hours], reply: x}], default: {reply: y}}")
    assert await talk.say("STOP", whatsapp=whatsapp) == [STOPPED]
    assert [await talk.say(body, whatsapp=whatsapp) for body in ("hours", "what?")] == [[], []]
    assert await talk.say("HELP", whatsapp=whatsapp) == [HELP]
    assert await talk.say("START", whatsapp=whatsapp) == [STARTED]
    assert await talk.say("hours", whatsapp=whatsapp) == ["x"]


async def test_advanced_opt_out_answers_itself(talk: Talk) -> None:
    await talk.twilio.set(advanced_opt_out=True)
    assert await talk.say("STOP", whatsapp=True) == []
    assert await talk.rows("SELECT DISTINCT state FROM consents WHERE phone = :phone", phone=PERSON) == [
        ("opted_out",)
    ]


async def test_the_stop_confirmation_reaches_the_person(talk: Talk) -> None:
    await talk.say("STOP", whatsapp=True)
    await talk.until_states("delivered")
    assert await talk.rows(OUTBOUND) == [("reply: stop", "delivered")]
