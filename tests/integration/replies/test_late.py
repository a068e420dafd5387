"""Messages that nobody waits at the webhook for any more: replayed, found at Twilio after an outage, archived."""

from datetime import timedelta

import pytest

from models.columns import utc_now
from models.inbound.handling import NO_REPLY, handle_inbound
from models.inbound.payload import InboundMessage
from tests.conftest import TRANSACTIONAL_SERVICE
from tests.integration.replies.conftest import PERSON, Talk
from tests.simulator.running import ACCOUNT_SID

FLOW = "FW" + "0" * 32
RULES = f"""
rules:
  - {{words: [hours], reply: '9 to 5'}}
  - {{words: [agent], studio: {FLOW}, reply: 'One moment.'}}
"""
OUTBOUND = "SELECT body, state::text, cause FROM messages WHERE direction = 'outbound' ORDER BY id"

CASES: dict[str, tuple[str, timedelta, list[tuple[str, str, str]], str]] = {
    "minutes late": ("hours", timedelta(minutes=3), [("9 to 5", "planned", "reply: hours")], "auto"),
    "hours late": ("hours", timedelta(hours=3), [], "auto"),
    "a flow is not started hours later": ("agent", timedelta(hours=3), [], "auto"),
    "a STOP counts however late": ("STOP", timedelta(days=3), [], "auto"),
}


@pytest.mark.parametrize("case", CASES)
async def test_a_late_message(talk: Talk, case: str) -> None:
    body, late, replies, mode = CASES[case]
    await talk.rules(RULES)
    message = InboundMessage(
        twilio_sid="SM" + "1" * 32,
        account_sid=ACCOUNT_SID,
        phone=PERSON,
        our_number="+12025550100",
        service_sid=TRANSACTIONAL_SERVICE,
        body=body,
    )
    for _ in range(2):
        async with talk.engine.begin() as connection:
            assert (await handle_inbound(connection, message, now=utc_now() - late)).answer == NO_REPLY
    assert await talk.rows(OUTBOUND) == replies
    assert await talk.rows("SELECT mode FROM conversations") == [(mode,)]
    assert await talk.rows("SELECT count(*) FROM consents WHERE state = 'opted_out'") == [(2 * (body == "STOP"),)]
