"""`tidings replies …` and `tidings conversations …`, as a person runs them."""

import json
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.columns import utc_now
from models.inbound.handling import handle_inbound
from models.inbound.payload import read_inbound
from tests.conftest import TRANSACTIONAL_SERVICE
from tests.integration.campaign_commands import Command
from tests.integration.outbox import rows, sid

RULES = """
identity: Acme
rules:
  - words: [hours]
    reply: 'Hi {{ first_name | default: "you" }}, 9 to 5'
    tag: asked
  - words: [talk]
    studio: FW00000000000000000000000000000000
  - words: [vote]
    survey: feedback
default: {reply: 'Thanks.'}
"""


async def test_rules_are_loaded_shown_tried_and_removed(tidings: Command, tmp_path: Path) -> None:
    (tmp_path / "replies.yaml").write_text(RULES)
    loaded = await tidings("replies", "load", "replies.yaml")
    assert (loaded.status, loaded.stdout.split(";")[0]) == (0, "Loaded 3 rules")
    assert 'There is no survey "feedback" yet' in loaded.stderr
    assert (await tidings("replies", "show")).stdout == RULES.rstrip("\n") + "\n"
    tried = await tidings("replies", "try", "HOURS please", "--json")
    assert json.loads(tried.stdout) == {
        "does": 'follows the rule "hours", tags the contact asked',
        "texts": ["Hi you, 9 to 5"],
    }
    stop = await tidings("replies", "try", "stop", "--channel", "whatsapp")
    assert stop.stdout.startswith("Acme: you are unsubscribed")
    assert "Twilio answers it" in (await tidings("replies", "try", "stop")).stderr
    assert (await tidings("replies", "remove")).status == 0
    gone = await tidings("replies", "show")
    assert (gone.status, gone.stderr) == (
        1,
        "tidings: There are no reply rules yet; `tidings replies load FILE` loads some.\n",
    )


async def test_a_mistake_is_told_with_its_place_and_changes_nothing(tidings: Command, tmp_path: Path) -> None:
    (tmp_path / "replies.yaml").write_text("rules:\n  - words: [hours, Stop]\n    reply: x\n")
    refused = await tidings("replies", "load", "replies.yaml")
    assert (refused.status, refused.stdout) == (1, "")
    assert refused.stderr.startswith('tidings: replies.yaml, line 2, column 20: "Stop" always means STOP')
    assert (await tidings("replies", "show")).status == 1


async def test_conversations_are_listed_read_and_handed_over(tidings: Command, committed: AsyncEngine) -> None:
    fields = {"MessageSid": sid(1), "From": "+12125550101", "To": "+12025550100", "Body": "Anyone there?"}
    async with committed.begin() as connection:
        found = await connection.execute(text("SELECT twilio_account_sid FROM organizations"))
        message = read_inbound(
            {**fields, "MessagingServiceSid": TRANSACTIONAL_SERVICE}.items(), account_sid=found.scalar_one()
        )
        await handle_inbound(connection, message, now=utc_now())
    listed = json.loads((await tidings("conversations", "list", "--unread", "--json")).stdout)["conversations"]
    assert [(line["name"], line["phone"], line["unread"]) for line in listed] == [("Unknown", "***01", 1)]
    conversation = listed[0]["id"]
    assert (await tidings("conversations", "show", conversation)).stdout.rstrip().endswith("← Anyone there?")
    assert (await tidings("conversations", "read", conversation)).status == 0
    flow = "FW" + "0" * 32
    assert (await tidings("conversations", "hand-over", conversation, "--flow", flow)).status == 0
    async with committed.connect() as connection:
        state = "SELECT v.unread, v.mode, s.flow_sid FROM conversations v JOIN studio_starts s ON true"
        assert await rows(connection, state) == [(0, "studio", flow)]
    assert (await tidings("conversations", "take-back", conversation)).status == 0
    unknown = await tidings("conversations", "read", "00000000-0000-7000-8000-000000000000")
    assert (unknown.status, unknown.stderr.startswith("tidings: There is no conversation")) == (1, True)
