"""A conversation in both directions, over SMS and WhatsApp, by the real webhook."""

from uuid import uuid4

import pytest

from models.columns import utc_now
from models.conversations.listing import list_conversations, load_conversation
from models.conversations.reading import mark_read, read_thread
from models.conversations.window import whatsapp_window_open_until
from models.messages.direct.drafts import Draft, Posting
from models.messages.direct.planning import plan_direct
from tests.integration.replies.conftest import PERSON, Talk

RULES = """
identity: Acme Dental
rules:
  - words: [hours, öffnungszeiten]
    reply: ['Hi {{ first_name | default: profile_name | default: "there" }}, 9 to 5 & more.', 'Sundays closed.']
  - words: [map]
    reply: 'Here we are.'
    media: https://www.example.com/map.png
    tag: asked-for-map
  - words: [elsewhere]
    redirect: https://www.example.com/twiml?a=1&b=2
default:
  reply: 'A person will read this.'
"""


@pytest.mark.parametrize("whatsapp", [False, True], ids=["sms", "whatsapp"])
async def test_question_and_answer(talk: Talk, *, whatsapp: bool) -> None:
    await talk.rules(RULES)
    name = "Pat" if whatsapp else "there"
    assert await talk.say("Hours?", whatsapp=whatsapp) == [f"Hi {name}, 9 to 5 & more.", "Sundays closed."]
    await talk.until_states("delivered", "delivered")
    channel = "whatsapp" if whatsapp else "sms"
    async with talk.engine.connect() as connection:
        now = utc_now()
        [line] = await list_conversations(connection, talk.organization_id, now=now, unread=True)
        assert (line.name, line.phone, line.phone_shown) == (
            "Pat" if whatsapp else "Unknown",
            PERSON,
            "(212) 555-0101",
        )
        assert (line.channel, line.preview, line.unread) == (channel, "Sundays closed.", 1)
        thread = await read_thread(connection, talk.organization_id, line.id)
        assert [(message.direction, message.cause) for message in thread] == [
            ("outbound", "reply: hours"),
            ("outbound", "reply: hours"),
            ("inbound", None),
        ]
        assert all(message.twilio_sid for message in thread)
        assert await mark_read(connection, talk.organization_id, line.id)
        assert (await load_conversation(connection, talk.organization_id, line.id, now=now)).unread == 0
        assert await list_conversations(connection, talk.organization_id, now=now, unread=True) == []
        window = await whatsapp_window_open_until(connection, talk.organization_id, line.contact_id)
        assert (window is not None) == whatsapp
    geo = await talk.rows("SELECT geo->>'city', country, profile_name FROM contacts")
    assert geo == [("NEW YORK", "US", "Pat" if whatsapp else None)]


async def test_sms_and_whatsapp_of_one_person_are_two_conversations(talk: Talk) -> None:
    await talk.say("Hi")
    await talk.say("Hi", whatsapp=True)
    assert await talk.rows("SELECT channel FROM conversations ORDER BY channel") == [("sms",), ("whatsapp",)]
    assert await talk.rows("SELECT count(*) FROM contacts") == [(1,)]


async def test_media_tag_and_redirect(talk: Talk) -> None:
    await talk.rules(RULES)
    twiml = (await talk.say_raw("Map please"))["twiml"]
    assert "<Media>https://www.example.com/map.png</Media>" in twiml
    assert await talk.rows("SELECT tags FROM contacts") == [(["asked-for-map"],)]
    twiml = (await talk.say_raw("elsewhere"))["twiml"]
    assert "<Redirect>https://www.example.com/twiml?a=1&amp;b=2</Redirect>" in twiml


async def test_the_default_reply_comes_once_in_its_hours(talk: Talk) -> None:
    await talk.rules(RULES)
    assert await talk.say("What about my tooth?") == ["A person will read this."]
    assert await talk.say("Hello?") == []
    await talk.do("UPDATE messages SET created_at = created_at - interval '25 hours'")
    assert await talk.say("Still there?") == ["A person will read this."]


async def test_without_rules_nothing_is_said(talk: Talk) -> None:
    assert await talk.say("hours") == []
    assert await talk.rows("SELECT count(*) FROM messages WHERE direction = 'outbound'") == [(0,)]


async def test_a_persons_reply_is_in_the_thread_and_keeps_the_default_reply_back(talk: Talk) -> None:
    await talk.rules(RULES)
    await talk.say("Hours?")
    [(conversation_id, contact_id)] = await talk.rows("SELECT id, contact_id FROM conversations")
    posting = Posting(
        organization_id=talk.organization_id, cause="user ada", now=utc_now(), conversation_id=conversation_id
    )
    async with talk.engine.begin() as connection:
        planned = await plan_direct(connection, Draft(contact_id, "  Come at 3!  "), posting)
        thread = await read_thread(connection, talk.organization_id, conversation_id, most=1)
    assert [(message.id, message.state, message.cause) for message in thread] == [
        (planned.id, "planned", "user ada")
    ]
    assert await talk.rows("SELECT preview, unread FROM conversations") == [("Come at 3!", 1)]
    assert await talk.say("I will") == []
    assert await talk.say("map") == ["Here we are."]


async def test_a_campaigns_message_is_in_the_thread_of_who_answers_it(talk: Talk) -> None:
    await talk.say("Hi")
    await talk.do(
        """
        INSERT INTO messages (organization_id, direction, state, phone, channel, contact_id, sender_id, body,
                              created_at, updated_at)
        SELECT c.organization_id, 'outbound', t.state::message_state, c.phone, 'sms', c.id, s.id,
            'Sale: ' || t.state, now(), now()
        FROM contacts c JOIN senders s ON s.purpose = :purpose AND s.channel = 'sms',
            unnest(ARRAY['delivered', 'planned', 'skipped']) AS t(state)
    """,
        purpose="transactional",
    )
    [(conversation_id,)] = await talk.rows("SELECT id FROM conversations")
    async with talk.engine.connect() as connection:
        thread = await read_thread(connection, talk.organization_id, conversation_id)
        assert [message.body for message in thread] == ["Sale: delivered", "Hi"]
        older = await read_thread(connection, talk.organization_id, conversation_id, before=thread[0].id)
        assert [message.body for message in older] == ["Hi"]


async def test_pages_of_conversations(talk: Talk) -> None:
    people = [f"+121255501{number:02}" for number in range(1, 6)]
    for person in people:
        await talk.say("Hi", person=person)
    async with talk.engine.connect() as connection:
        seen: list[str] = []
        after = None
        while page := await list_conversations(
            connection, talk.organization_id, now=utc_now(), after=after, most=2
        ):
            seen += [line.phone for line in page]
            after = page[-1].cursor
        assert seen == people[::-1]
        assert await list_conversations(connection, uuid4(), now=utc_now()) == []
