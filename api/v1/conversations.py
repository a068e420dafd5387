"""Conversations: read, answered, marked."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Depends, Query, Request, status
from sqlalchemy.ext.asyncio import AsyncConnection

from api.v1.access import Transaction, requires
from api.v1.conversation_shapes import ConversationShown, ModeGiven, ReplyGiven, ThreadMessageShown
from api.v1.description import BODY_PROBLEMS, CONFLICT, NOT_FOUND
from api.v1.idempotency import Repeatable
from api.v1.message_shapes import MessagePlanned
from api.v1.pages import CursorText, Page, number, page_of, place_of
from api.v1.problems import ProblemError
from api.v1.sending import wake_later
from api.v1.values import IntegerId, Limit
from messaging.media_urls import MediaRefused
from models.api_keys.callers import Caller
from models.api_keys.scopes import Scope
from models.columns import utc_now
from models.conversations.listing import (
    ConversationLine,
    Cursor,
    NoSuchConversation,
    list_conversations,
    load_conversation,
)
from models.conversations.modes import set_mode
from models.conversations.reading import mark_read, read_thread
from models.conversations.tables import Mode
from models.messages.direct.drafts import Draft, Posting
from models.messages.direct.planning import plan_direct
from models.replies.studio import hand_over

router = APIRouter(prefix="/conversations", tags=["Conversations"])
Reader = Annotated[Caller, Depends(requires(Scope.CONVERSATIONS_READ))]
Writer = Annotated[Caller, Depends(requires(Scope.CONVERSATIONS_WRITE))]


@router.get("", summary="List conversations")
async def get_conversations(
    caller: Reader,
    connection: Transaction,
    *,
    unread: Annotated[bool, Query(description="Only those with unread messages.")] = False,
    contact_id: Annotated[IntegerId | None, Query(description="Only those of this contact.")] = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[ConversationShown]:
    """The latest message first."""
    lines = await list_conversations(
        connection,
        caller.organization_id,
        now=utc_now(),
        unread=unread,
        contact_id=contact_id,
        after=place_of(cursor, _read_cursor),
        most=limit + 1,
    )
    return page_of(lines, limit=limit, show=ConversationShown.model_validate, place=_cursor_of)


@router.get("/{conversation_id}", summary="Get a conversation", responses=NOT_FOUND)
async def get_conversation(conversation_id: UUID, caller: Reader, connection: Transaction) -> ConversationShown:
    """One conversation, without its messages."""
    return ConversationShown.model_validate(await _conversation(connection, conversation_id, caller))


@router.get("/{conversation_id}/messages", summary="Read a conversation", responses=NOT_FOUND)
async def get_thread(
    conversation_id: UUID, caller: Reader, connection: Transaction, limit: Limit = 50, cursor: CursorText = None
) -> Page[ThreadMessageShown]:
    """Its messages both ways, those of campaigns too, newest first."""
    await _conversation(connection, conversation_id, caller)
    rows = await read_thread(
        connection,
        caller.organization_id,
        conversation_id,
        before=place_of(cursor, number),
        most=limit + 1,
    )
    return page_of(rows, limit=limit, show=ThreadMessageShown.model_validate, place=lambda message: message.id)


@router.post(
    "/{conversation_id}/messages",
    summary="Reply in a conversation",
    status_code=status.HTTP_202_ACCEPTED,
    responses=BODY_PROBLEMS | NOT_FOUND | CONFLICT,
)
async def reply(
    conversation_id: UUID,
    given: ReplyGiven,
    caller: Writer,
    connection: Transaction,
    repeatable: Repeatable,
    request: Request,
    background: BackgroundTasks,
) -> MessagePlanned:
    """Leaves from the address that the person wrote to. On WhatsApp only within 24 hours of their last message."""

    async def work() -> MessagePlanned:
        line = await _conversation(connection, conversation_id, caller)
        draft = Draft(to=line.contact_id, body=given.body, media=given.media, key=repeatable.key)
        posting = Posting(
            organization_id=caller.organization_id,
            cause=caller.name,
            now=utc_now(),
            conversation_id=conversation_id,
        )
        try:
            return MessagePlanned.model_validate(await plan_direct(connection, draft, posting))
        except MediaRefused as refused:
            raise ProblemError.at("/media", str(refused)) from None

    wake_later(background, request)
    return await repeatable.once(connection, MessagePlanned, work)


@router.post("/{conversation_id}/read", summary="Mark a conversation as read", responses=NOT_FOUND)
async def mark_conversation_read(
    conversation_id: UUID, caller: Writer, connection: Transaction
) -> ConversationShown:
    """Nothing in it is unread any more."""
    await mark_read(connection, caller.organization_id, conversation_id)
    return ConversationShown.model_validate(await _conversation(connection, conversation_id, caller))


@router.post(
    "/{conversation_id}/mode", summary="Say who answers in a conversation", responses=BODY_PROBLEMS | NOT_FOUND
)
async def set_conversation_mode(
    conversation_id: UUID, given: ModeGiven, caller: Writer, connection: Transaction
) -> ConversationShown:
    """`person` keeps the rules silent while somebody writes; STOP, START and HELP are always answered.

    `studio` starts a flow of Twilio Studio a moment later and sends it what the person writes, for 24 hours or
    until another mode is given.
    """
    if (given.mode == "studio") != (given.flow is not None):
        raise ProblemError.at("/flow", "The mode studio needs a flow, and no other mode has one.")
    if given.flow is not None:
        await hand_over(
            connection,
            organization_id=caller.organization_id,
            conversation_id=conversation_id,
            flow_sid=given.flow,
            now=utc_now(),
        )
        return ConversationShown.model_validate(await _conversation(connection, conversation_id, caller))
    await set_mode(
        connection,
        organization_id=caller.organization_id,
        conversation_id=conversation_id,
        mode=Mode(given.mode),
        until=given.until,
        reason=given.reason,
    )
    return ConversationShown.model_validate(await _conversation(connection, conversation_id, caller))


async def _conversation(connection: AsyncConnection, id_: UUID, caller: Caller) -> ConversationLine:
    try:
        return await load_conversation(connection, caller.organization_id, id_, now=utc_now())
    except NoSuchConversation:
        raise ProblemError.missing("conversation") from None


def _cursor_of(line: ConversationLine) -> str:
    return f"{line.cursor.last_message_at.isoformat()}|{line.cursor.id}"


def _read_cursor(text: str) -> Cursor:
    """Raises `ValueError`."""
    moment, _, id_ = text.partition("|")
    last_message_at = datetime.fromisoformat(moment)
    if last_message_at.tzinfo is None:
        raise ValueError("a time without a zone")
    return Cursor(last_message_at, UUID(id_))
