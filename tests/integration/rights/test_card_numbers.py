"""Card numbers neither leave in a text of ours nor are kept of what people write."""

import pytest

from models.campaigns.definition import parse
from models.columns import utc_now
from models.messages.direct.content import BodyRefused
from models.messages.direct.drafts import Draft
from models.policy.store import set_policy
from models.yaml_source import DefinitionError
from tasks.direct import send_direct
from tasks.equipment import Equipment
from tests.integration.direct.posting import post
from tests.integration.replies.conftest import PERSON, Talk
from tests.integration.rights.everywhere import places_of

pytestmark = pytest.mark.usefixtures("nothing_unhandled")

CARD = "4111 1111 1111 1111"


async def allow(talk: Talk, handling: str) -> None:
    async with talk.engine.begin() as connection:
        written = f"retention: {{cards: {handling}}}"
        await set_policy(connection, talk.organization_id, written, actor="test", now=utc_now())


async def test_what_a_person_writes_is_kept_without_it(talk: Talk) -> None:
    await talk.say(f"my card is {CARD}, ok?")
    assert await talk.rows("SELECT body FROM messages") == [("my card is **** **** **** 1111, ok?",)]
    assert await places_of(talk.engine, CARD) == {}
    assert await talk.rows(
        "SELECT payload::text LIKE '%**** 1111%' FROM webhook_events WHERE kind = 'inbound'"
    ) == [(True,)]


async def test_a_direct_message_with_one_is_refused_with_its_place(talk: Talk) -> None:
    with pytest.raises(BodyRefused, match="The body, character 6: this looks like a card number; take it out"):
        await post(talk.engine, talk.organization_id, Draft(to=PERSON, body=f"Card {CARD}"))


@pytest.mark.parametrize(("handling", "sent"), [("mask", "Card **** **** **** 1111"), ("allow", f"Card {CARD}")])
async def test_the_policy_decides(talk: Talk, tools: Equipment, handling: str, sent: str) -> None:
    await allow(talk, handling)
    await post(talk.engine, talk.organization_id, Draft(to=PERSON, body=f"Card {CARD}"))
    await send_direct(tools, idle_seconds=0.1)
    assert [one["body"] for one in (await talk.twilio.get("messages"))["messages"]] == [sent]


def test_a_campaign_with_one_is_refused_where_it_stands() -> None:
    file = f"name: Sale\nkind: marketing\nbody: Pay with {CARD}\naudience: {{}}\n"
    with pytest.raises(DefinitionError) as refused:
        parse(file, where="sale.yaml").checked(())
    assert str(refused.value).startswith("sale.yaml, line 3, column 16: this looks like a card number")
