"""Begins a survey with one person."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection


async def start_survey(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    conversation_id: UUID,
    contact_id: int,
    name: str,
    now: datetime,
) -> list[str]:
    """Begins the newest version of a survey in a conversation; the texts to say: the intro and the first question.

    Raises `NoSuchSurvey`. While another survey waits in the conversation nothing begins and nothing is said.
    """
    return []
