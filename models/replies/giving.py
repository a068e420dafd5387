"""Gives a decided answer: as TwiML to the webhook that waits for it, or, later, by the outbox.

A reply in TwiML is a row like every message: it begins as `accepted`, without a SID, which its status callbacks
bring. It was never claimed, so nothing sends or settles it; if Twilio did not get the answer, it asks again.
"""

import json
from collections.abc import Sequence
from datetime import timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging import segments
from messaging.callbacks import status_callback_url
from messaging.errors import TidingsError
from messaging.tracing.spans import current_span
from messaging.twilio_twiml import NO_REPLY, Reply, answer_with
from models.columns import utc_now
from models.conversations.threading import add_outbound
from models.messages.direct.drafts import Draft, Posting
from models.messages.direct.planning import plan_direct
from models.replies.decisions import Decision, Say
from models.replies.heard import Heard, Situation
from models.replies.limits import replies_left
from models.replies.terms import ReplyTerms

TOO_LATE = timedelta(hours=1)
"""No rule answers a message that is handled later than this after it came; nor does an answer wait longer."""

log = structlog.get_logger(__name__)

_ROW = text("""
    INSERT INTO messages (organization_id, direction, state, phone, our_address, channel, message_type, contact_id,
                          conversation_id, body, own_body, media, encoding, segments, account_sid, cause,
                          created_at, updated_at)
    VALUES (:organization_id, 'outbound', 'accepted', :phone, :our_address, :channel, 'transactional', :contact_id,
            :conversation_id, :body, true, CAST(:media AS jsonb), :encoding, :segments, :account_sid, :cause,
            :now, :now)
    RETURNING id
""")


async def give(
    connection: AsyncConnection, heard: Heard, situation: Situation, decision: Decision, *, terms: ReplyTerms
) -> str:
    """The TwiML of an answer, its rows written in this transaction; silence above the limit."""
    says: Sequence[Say] = decision.says
    if says and decision.counts and await replies_left(connection, heard, per_minute=terms.per_minute) < len(says):
        log.warning("automatic reply left out: the number has had enough", message_id=heard.message_id)
        return NO_REPLY
    if not terms.live:
        await _post(connection, heard, decision)
        return NO_REPLY
    replies = [
        Reply(
            say.body,
            say.media,
            status_callback_url(
                terms.public_base_url,
                message_id=await _record(connection, heard, situation, say, cause=decision.cause),
                attempt=1,
                traceparent=current_span().traceparent,
            ),
        )
        for say in says
    ]
    return answer_with(replies, redirect=decision.redirect)


async def _record(connection: AsyncConnection, heard: Heard, situation: Situation, say: Say, *, cause: str) -> int:
    counted = segments.count(say.body)
    values = {
        "organization_id": heard.organization_id,
        "phone": heard.message.phone,
        "our_address": situation.our_address,
        "channel": heard.message.channel,
        "contact_id": heard.contact_id,
        "conversation_id": heard.conversation_id,
        "body": say.body,
        "media": json.dumps([{"url": url} for url in say.media]) if say.media else None,
        "encoding": counted.encoding,
        "segments": counted.segments,
        "account_sid": heard.message.account_sid,
        "cause": cause,
        "now": heard.now,
    }
    made = await connection.execute(_ROW, values)
    await add_outbound(
        connection,
        organization_id=heard.organization_id,
        conversation_id=heard.conversation_id,
        body=say.body,
        now=heard.now,
    )
    return int(made.scalar_one())


async def _post(connection: AsyncConnection, heard: Heard, decision: Decision) -> None:
    """Plans the answer's messages; the inbound message's SID makes each of them the same one when repeated."""
    now = utc_now()  # the message may have come long ago
    posting = Posting(
        organization_id=heard.organization_id,
        cause=decision.cause,
        now=now,
        conversation_id=heard.conversation_id,
        send_before=now + TOO_LATE,
    )
    for place, say in enumerate(decision.says):
        draft = Draft(heard.contact_id, say.body, say.media, key=f"answer {heard.message.twilio_sid} {place}")
        try:
            await plan_direct(connection, draft, posting)
        except TidingsError as error:
            log.error("automatic reply not planned", message_id=heard.message_id, reason=type(error).__name__)
