"""Inbound messages, live: one transaction each, and the raw form kept whatever becomes of the rest.

A reply that needs another system's answer is given in a second transaction; nothing is locked while it is asked.
"""

from collections.abc import Mapping

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.database_faults import NotStoredError, Verdict, describe, in_transaction, verdict_of, within
from api.signature import Webhook
from api.status_callbacks import PATIENCE, required
from messaging.lookups import Question, look_up
from models.columns import utc_now
from models.inbound.handling import NO_REPLY, handle_inbound
from models.inbound.obedience import obey_stop
from models.inbound.payload import InboundMessage, read_inbound, without_cards
from models.replies.lookups import answer_lookup
from models.replies.terms import ReplyTerms
from models.webhook_events import Delivery, keep, keep_unhandled, mark_failed, mark_handled

log = structlog.get_logger(__name__)


async def receive(engine: AsyncEngine, webhook: Webhook, *, terms: ReplyTerms) -> str:
    """Stores and handles an inbound message; returns the TwiML, the same for a message delivered again.

    Raises `MalformedError` without MessageSid or From, `NotStoredError` when it, or a STOP in it, is not stored.
    """
    twilio_sid = required(webhook, "MessageSid")
    required(webhook, "From")
    message = read_inbound(webhook.payload, account_sid=webhook.account_sid)
    delivery = Delivery(
        kind="inbound",
        dedupe_key=f"inbound:{twilio_sid}",
        account_sid=webhook.account_sid,
        query=webhook.query,
        payload=without_cards(webhook.payload),
    )
    try:
        answer = await within(PATIENCE, _store_and_handle(engine, delivery, message, terms))
        if isinstance(answer, str):
            return answer
        found = await look_up(answer)
        return await within(PATIENCE, _answer_lookup(engine, delivery, message, found, terms))
    except NotStoredError:
        raise
    except Exception as error:  # never a 500: Twilio is told to come again
        raise NotStoredError(f"The message could not be stored ({describe(error)}).") from error


async def _store_and_handle(
    engine: AsyncEngine, delivery: Delivery, message: InboundMessage, terms: ReplyTerms
) -> str | Question:
    async def work(connection: AsyncConnection) -> str | Question:
        return await _handle_once(connection, delivery, message, terms)

    try:
        return await in_transaction(engine, work)
    except Exception as error:
        if verdict_of(error) is not Verdict.ITEM:
            raise
        await _keep_alone(engine, delivery, message, reason=describe(error))
        return NO_REPLY


async def _handle_once(
    connection: AsyncConnection, delivery: Delivery, message: InboundMessage, terms: ReplyTerms
) -> str | Question:
    """The answer, the stored one for a duplicate, or what must be asked for it first."""
    now = utc_now()
    kept = await keep(connection, delivery, now=now)
    if kept.answer is not None:
        return kept.answer
    handled = await handle_inbound(connection, message, now=now, terms=terms)
    if handled.lookup is not None:  # unprocessed until it is answered: Twilio or the sweep comes again
        await mark_failed(connection, kept, error="waits for a look-up", now=now)
        return handled.lookup
    await mark_handled(connection, kept, answer=handled.answer, organization_id=handled.organization_id, now=now)
    return handled.answer


async def _keep_alone(engine: AsyncEngine, delivery: Delivery, message: InboundMessage, *, reason: str) -> None:
    """The raw form of a message that cannot be handled, for the sweep; a STOP in it counts all the same."""
    log.error("inbound message stored but not handled", twilio_sid=message.twilio_sid, reason=reason)

    async def work(connection: AsyncConnection) -> None:
        await keep_unhandled(connection, delivery, error=reason, now=utc_now())

    await in_transaction(engine, work)
    await _obey_alone(engine, message)


async def _answer_lookup(
    engine: AsyncEngine,
    delivery: Delivery,
    message: InboundMessage,
    found: Mapping[str, str] | None,
    terms: ReplyTerms,
) -> str:
    async def work(connection: AsyncConnection) -> str:
        now = utc_now()
        kept = await keep(connection, delivery, now=now)
        if kept.answer is not None:
            return kept.answer
        answer, owner = await answer_lookup(connection, message, found, terms=terms, now=now)
        await mark_handled(connection, kept, answer=answer, organization_id=owner, now=now)
        return answer

    return await in_transaction(engine, work)


async def _obey_alone(engine: AsyncEngine, message: InboundMessage) -> None:
    """A STOP counts even in a message that cannot be handled."""

    async def work(connection: AsyncConnection) -> bool:
        return await obey_stop(connection, message, now=utc_now())

    if await in_transaction(engine, work):
        log.warning("a STOP was obeyed in a message that could not be handled", twilio_sid=message.twilio_sid)
