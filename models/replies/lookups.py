"""Replies that need another system's answer: asked between two transactions, so that no lock waits for it.

The first transaction handles the message and notes here that its answer is still to come; the webhook's raw form
stays unprocessed. Then the other system is asked, and the second transaction gives the reply. After a crash in
between Twilio posts again, or the sweep replays the form: then the reply is what the rule says `otherwise`.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.lookups import Question
from messaging.secret_references import NotAReference, SecretUnreadable, read_secret
from messaging.twilio_twiml import NO_REPLY
from models.inbound.payload import InboundMessage
from models.replies.decisions import CAUSE, Decision, Renderer
from models.replies.giving import give
from models.replies.heard import Heard, Situation, situation_of
from models.replies.rules import Rule
from models.replies.terms import ReplyTerms

log = structlog.get_logger(__name__)

_WAIT = text("""
    INSERT INTO reply_lookups (message_id, organization_id, word, created_at)
    VALUES (:message_id, :organization_id, :word, :now)
""")

_WAITING = text("""
    SELECT m.organization_id, m.conversation_id, m.contact_id, m.id AS message_id, l.word
    FROM reply_lookups l JOIN messages m ON m.id = l.message_id
    WHERE m.twilio_sid = :twilio_sid
    FOR UPDATE OF l
""")

_DONE = text("DELETE FROM reply_lookups WHERE message_id = :message_id")


async def wait_for_lookup(
    connection: AsyncConnection, heard: Heard, situation: Situation, *, word: str
) -> Question | None:
    """Notes that a message's answer is still to come, and says what to ask; None when that cannot be said."""
    values = {"message_id": heard.message_id, "organization_id": heard.organization_id, "word": word}
    await connection.execute(_WAIT, {**values, "now": heard.now})
    return _question(situation.rules.rule_named(word), situation)


async def lookup_waiting(
    connection: AsyncConnection, message: InboundMessage, *, now: datetime
) -> Question | None:
    """What to ask for a message that was handled but for its look-up; None when nothing waits."""
    found = await _waiting(connection, message, now=now)
    if found is None:
        return None
    heard, word = found
    situation = await situation_of(connection, heard)
    return _question(situation.rules.rule_named(word), situation)


async def answer_lookup(
    connection: AsyncConnection,
    message: InboundMessage,
    values: Mapping[str, str] | None,
    *,
    terms: ReplyTerms,
    now: datetime,
) -> tuple[str, UUID | None]:
    """The TwiML for a message that waited, with the values found (None: what the rule says otherwise).

    Silence when it waits no more, or its person said no meanwhile. The organization is that of the message.
    """
    found = await _waiting(connection, message, now=now)
    if found is None:
        return NO_REPLY, None
    heard, word = found
    await connection.execute(_DONE, {"message_id": heard.message_id})
    situation = await situation_of(connection, heard)
    rule = situation.rules.rule_named(word)
    if rule is None or rule.lookup is None or not situation.may_answer:
        return NO_REPLY, heard.organization_id
    renderer = Renderer(situation.values, values or {})
    says = renderer.say([rule.lookup.otherwise]) if values is None else renderer.say(rule.reply, media=rule.media)
    given = await give(connection, heard, situation, Decision(CAUSE + word, says), terms=terms)
    return given, heard.organization_id


async def _waiting(
    connection: AsyncConnection, message: InboundMessage, *, now: datetime
) -> tuple[Heard, str] | None:
    row = (await connection.execute(_WAITING, {"twilio_sid": message.twilio_sid})).one_or_none()
    if row is None:
        return None
    heard = Heard(
        organization_id=row.organization_id,
        conversation_id=row.conversation_id,
        contact_id=row.contact_id,
        message_id=row.message_id,
        message=message,
        now=now,
    )
    return heard, row.word


def _question(rule: Rule | None, situation: Situation) -> Question | None:
    if rule is None or rule.lookup is None:
        return None
    try:
        secret = read_secret(rule.lookup.secret).get_secret_value() if rule.lookup.secret else None
    except (SecretUnreadable, NotAReference) as error:
        log.error("a look-up's secret cannot be read", rule=rule.name, reason=type(error).__name__)
        return None
    url = Renderer(situation.values).body(rule.lookup.url)
    return Question(url, rule.lookup.values, secret) if url else None
