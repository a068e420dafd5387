"""What someone writes while a survey waits for an answer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection


async def take_answer(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    conversation_id: UUID,
    contact_id: int,
    message_sid: str,
    body: str,
    now: datetime,
) -> list[str] | None:
    """The texts to reply with when a survey takes this message as an answer; None when none is waiting.

    Never takes a STOP, START or HELP; a YES is an answer here. The same message twice counts once.
    """
    return None
