"""JOIN, and the YES that makes it a consent."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from models.senders import MessageType


@dataclass(frozen=True, slots=True)
class OptInRequest:
    """What a JOIN asks for: texts as they are said, ready to send."""

    ask: str
    thanks: str
    message_type: MessageType = MessageType.MARKETING
    days: int = 7


async def join(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    phone: str,
    request: OptInRequest,
    message_sid: str,
    channel: str,
    now: datetime,
) -> list[str]:
    """Asks a number to confirm; the texts to reply with."""
    return []


async def take_confirmation(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    phone: str,
    message_sid: str,
    body: str,
    now: datetime,
) -> list[str] | None:
    """The thanks when a JOIN waits and this is a YES; None otherwise."""
    return None
