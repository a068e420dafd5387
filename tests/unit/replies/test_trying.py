"""What `tidings replies try` tells of a text: a keyword, a refusal in other words, a doubt, a rule."""

import pytest

from models.replies.definition import parse
from models.replies.trying import try_out

RULES = "{identity: Acme, rules: [{words: [hours], reply: 9 to 5}, {words: [cancel order], reply: 'Which one?'}]}"
BYE = "Acme: you are unsubscribed and will get no more messages from us. Reply START to get them again."

CASES = {
    # text: (channel, what happens, what is said)
    "STOP": ("sms", "ends every consent; on sms Twilio answers it", ()),
    "stop ": ("whatsapp", "ends every consent", (BYE,)),
    "Stop please": ("sms", "ends every consent", (BYE,)),
    "hours?": ("sms", 'follows the rule "hours"', ("9 to 5",)),
    "cancel order": ("sms", 'follows the rule "cancel order"', ("Which one?",)),
    "cancel order 17": (
        "sms",
        'follows the rule "cancel order"; may be a refusal, a person decides (like "stop")',
        ("Which one?",),
    ),
}


@pytest.mark.parametrize("body", CASES)
def test_told(body: str) -> None:
    channel, does, texts = CASES[body]
    rules = parse(RULES, where="rules").rules
    trial = try_out(rules, body, channel=channel, values={"identity": "Acme"})
    assert (trial.does, trial.texts) == (does, texts)
