"""Messages: sent to one or to many, looked at."""

from collections import Counter
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Depends, Query, Request, status

from api.v1.access import Transaction, requires
from api.v1.description import BODY_PROBLEMS, CONFLICT, NOT_FOUND
from api.v1.idempotency import Repeatable
from api.v1.message_shapes import (
    BulkGiven,
    BulkPlanned,
    Manner,
    MessageGiven,
    MessagePlanned,
    MessageShown,
    TraceShown,
)
from api.v1.pages import CursorText, Page, number, page_of, place_of
from api.v1.problems import ProblemError
from api.v1.sending import wake_later
from api.v1.values import IdInPath, IntegerId, Limit
from messaging.media_urls import MediaRefused
from messaging.phone_refusals import PhoneRefused
from messaging.statuses import MessageState
from messaging.tracing.spans import current_span
from models.api_keys.callers import Caller
from models.api_keys.scopes import Scope
from models.columns import utc_now
from models.messages.direct.drafts import REFUSED, Draft, PlannedDirect, Posting
from models.messages.direct.planning import plan_direct, plan_many
from models.messages.listing import MessageFilter, load_message, messages_page
from models.messages.lookup import read_message
from models.senders import MessageType

router = APIRouter(prefix="/messages", tags=["Messages"])
Reader = Annotated[Caller, Depends(requires(Scope.MESSAGES_READ))]
Sender = Annotated[Caller, Depends(requires(Scope.MESSAGES_SEND))]


@router.post(
    "",
    summary="Send a message",
    status_code=status.HTTP_202_ACCEPTED,
    responses=BODY_PROBLEMS | NOT_FOUND | CONFLICT,
)
async def send_message(
    given: MessageGiven,
    caller: Sender,
    connection: Transaction,
    repeatable: Repeatable,
    request: Request,
    background: BackgroundTasks,
) -> MessagePlanned:
    """To a contact or a number, without a campaign. The answer says at once whether it will be sent.

    Someone who opted out, or never agreed to marketing, gives a message in state `skipped` with its reason. Send
    an `Idempotency-Key`: then a repetition after a lost answer sends nothing twice.
    """

    async def work() -> MessagePlanned:
        draft = Draft(to=given.person, body=given.body, media=given.media, key=repeatable.key)
        try:
            planned = await plan_direct(connection, draft, _posting(given, caller))
        except PhoneRefused as refused:
            raise ProblemError.at("/to", str(refused)) from None
        except MediaRefused as refused:
            raise ProblemError.at("/media", str(refused)) from None
        current_span().note(message_id=planned.id)
        return MessagePlanned.model_validate(planned)

    wake_later(background, request)
    return await repeatable.once(connection, MessagePlanned, work)


@router.post(
    "/bulk",
    summary="Send a message to many",
    status_code=status.HTTP_202_ACCEPTED,
    responses=BODY_PROBLEMS | NOT_FOUND | CONFLICT,
)
async def send_messages(
    given: BulkGiven,
    caller: Sender,
    connection: Transaction,
    repeatable: Repeatable,
    request: Request,
    background: BackgroundTasks,
) -> BulkPlanned:
    """Up to 10,000 recipients, each with its own result; what is wrong with one does not hold up the others."""

    async def work() -> BulkPlanned:
        drafts = [
            Draft(
                to=one.person,
                body=given.body if one.body is None else one.body,
                media=given.media if one.media is None else one.media,
            )
            for one in given.recipients
        ]
        planned = await plan_many(connection, drafts, _posting(given, caller), key=repeatable.key)
        return _bulk(planned)

    wake_later(background, request)
    return await repeatable.once(connection, BulkPlanned, work)


@router.get("", summary="List messages")
async def get_messages(
    caller: Reader,
    connection: Transaction,
    *,
    direction: Annotated[Literal["outbound", "inbound"] | None, Query()] = None,
    state: Annotated[MessageState | None, Query()] = None,
    contact_id: Annotated[IntegerId | None, Query()] = None,
    campaign_id: Annotated[UUID | None, Query()] = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[MessageShown]:
    """In and out, newest first."""
    wanted = MessageFilter(direction=direction, state=state, contact_id=contact_id, campaign_id=campaign_id)
    rows = await messages_page(
        connection,
        wanted,
        organization_id=caller.organization_id,
        before=place_of(cursor, number),
        most=limit + 1,
    )
    return page_of(rows, limit=limit, show=MessageShown.model_validate, place=lambda message: message.id)


@router.get("/{message_id}", summary="Get a message", responses=NOT_FOUND)
async def get_message(message_id: IdInPath, caller: Reader, connection: Transaction) -> MessageShown:
    """One message, in or out."""
    message = await load_message(connection, message_id, organization_id=caller.organization_id)
    return MessageShown.model_validate(message)


@router.get("/{message_id}/trace", summary="Get how a message was sent", responses=NOT_FOUND)
async def get_trace(message_id: IdInPath, caller: Reader, connection: Transaction) -> TraceShown:
    """Of an outbound message: each request with Twilio's answer, and each status reported later."""
    story = await read_message(connection, message_id, organization_id=caller.organization_id)
    found = {"cause": story.message["cause"], "attempts": story.attempts, "statuses": story.events}
    return TraceShown.model_validate(found)


def _posting(given: Manner, caller: Caller) -> Posting:
    now = utc_now()
    if given.send_before is not None and given.send_before <= (given.send_after or now):
        raise ProblemError.at("/send_before", "This must be later than send_after, and not be over yet.")
    _check_schedule(given)
    return Posting(
        organization_id=caller.organization_id,
        cause=caller.name,
        now=now,
        message_type=given.message_type,
        sensitive=given.sensitive,
        topic=given.topic,
        channel=given.channel,
        send_after=given.send_after,
        send_before=given.send_before,
        schedule_at_twilio=given.schedule_at_twilio,
    )


def _check_schedule(given: Manner) -> None:
    if not given.schedule_at_twilio:
        return
    if given.send_after is None:
        raise ProblemError.at("/schedule_at_twilio", "Say with send_after when Twilio is to send it.")
    if given.message_type is not MessageType.TRANSACTIONAL or given.channel != "sms":
        raise ProblemError.at("/schedule_at_twilio", "Only transactional SMS can wait at Twilio; leave it out.")


def _bulk(planned: list[PlannedDirect]) -> BulkPlanned:
    count = Counter(one.state for one in planned)
    skipped, refused = count[MessageState.SKIPPED], count[REFUSED]
    return BulkPlanned(
        planned=len(planned) - skipped - refused,
        skipped=skipped,
        refused=refused,
        data=[MessagePlanned.model_validate(one) for one in planned],
    )
