"""Hands a conversation to a flow of Twilio Studio: the flow is started by REST, later messages are sent on to it.

https://www.twilio.com/docs/studio/rest-api/v2/execution and, for the flow's webhook,
https://www.twilio.com/docs/studio/widget-library/twiml-redirect
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.conversations.modes import set_mode
from models.conversations.tables import Mode

TURN = timedelta(hours=24)
"""How long a flow keeps a conversation at most; then the rules answer again."""

MOST_TRIES = 6

_WAIT = text("""
    INSERT INTO studio_starts (organization_id, conversation_id, flow_sid, state, next_try_at, created_at)
    VALUES (:organization_id, :conversation_id, :flow_sid, 'waiting', :now, :now)
""")

_DUE = text("""
    SELECT t.id, t.organization_id, t.conversation_id, t.flow_sid, t.tries, v.our_address, v.channel, ct.phone
    FROM studio_starts t
    JOIN conversations v ON v.id = t.conversation_id
    JOIN contacts ct ON ct.id = v.contact_id
    WHERE t.next_try_at <= :now
    ORDER BY t.next_try_at, t.id
    LIMIT :most
""")

_STARTED = text("""
    UPDATE studio_starts SET state = 'started', execution_sid = :execution_sid, next_try_at = NULL, error = NULL,
        tries = tries + 1
    WHERE id = :id
""")

_NOT_STARTED = text("""
    UPDATE studio_starts
    SET tries = tries + 1, error = :error,
        state = CASE WHEN :for_good OR tries + 1 >= :most_tries THEN 'failed' ELSE 'waiting' END,
        next_try_at = CASE WHEN :for_good OR tries + 1 >= :most_tries THEN NULL
                           ELSE CAST(:now AS timestamptz) + make_interval(secs => 15 * 2 ^ tries) END
    WHERE id = :id
    RETURNING state, organization_id, conversation_id
""")


@dataclass(frozen=True, slots=True)
class WaitingStart:
    """A flow to be started for a conversation, between its two addresses ("whatsapp:" left out)."""

    id: int
    organization_id: UUID
    conversation_id: UUID
    flow_sid: str
    tries: int
    our_address: str
    channel: str
    phone: str


def flow_webhook(*, account_sid: str, flow_sid: str) -> str:
    """Where a flow takes incoming messages, for TwiML's Redirect."""
    return f"https://webhooks.twilio.com/v1/Accounts/{account_sid}/Flows/{flow_sid}"


async def hand_over(
    connection: AsyncConnection, *, organization_id: UUID, conversation_id: UUID, flow_sid: str, now: datetime
) -> bool:
    """Gives a conversation to a flow, which is started a moment later; False when there is no such conversation.

    The flow has it until it is taken back (`set_mode` with `Mode.AUTO`, or a rule with `take_back`), at most
    for `TURN`.
    """
    given = await set_mode(
        connection,
        organization_id=organization_id,
        conversation_id=conversation_id,
        mode=Mode.STUDIO,
        until=now + TURN,
        studio_flow=flow_sid,
    )
    if given:
        start = {"organization_id": organization_id, "conversation_id": conversation_id, "flow_sid": flow_sid}
        await connection.execute(_WAIT, {**start, "now": now})
    return given


async def waiting_starts(connection: AsyncConnection, *, now: datetime, most: int) -> Sequence[WaitingStart]:
    """The flows to be started now, longest waiting first."""
    rows = (await connection.execute(_DUE, {"now": now, "most": most})).mappings()
    return [WaitingStart(**row) for row in rows]


async def mark_started(connection: AsyncConnection, start_id: int, *, execution_sid: str) -> None:
    """Notes the flow's execution."""
    await connection.execute(_STARTED, {"id": start_id, "execution_sid": execution_sid})


async def mark_not_started(
    connection: AsyncConnection, start_id: int, *, error: str, for_good: bool, now: datetime
) -> None:
    """Notes why a flow did not start: it is tried again later; at the end the rules get the conversation back."""
    values = {"id": start_id, "error": error, "for_good": for_good, "most_tries": MOST_TRIES, "now": now}
    row = (await connection.execute(_NOT_STARTED, values)).one()
    if row.state == "failed":
        await set_mode(
            connection,
            organization_id=row.organization_id,
            conversation_id=row.conversation_id,
            mode=Mode.AUTO,
            reason="the flow of Twilio Studio did not start",
        )
