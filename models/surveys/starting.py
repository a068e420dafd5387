"""Begins a survey with one person."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.surveys.course import begin
from messaging.surveys.definition import Survey
from models.campaigns.rendering import CONTACT_COLUMNS, values_of
from models.columns import new_id
from models.surveys.ending import end_late_one
from models.surveys.store import newest_survey

_BEGIN = text("""
    INSERT INTO survey_runs (id, organization_id, survey_id, conversation_id, contact_id, state, step, started_at,
                             ends_at, remind_at)
    VALUES (:id, :organization_id, :survey_id, :conversation_id, :contact_id, 'active', :step, :now, :ends_at,
            :remind_at)
    ON CONFLICT (conversation_id) WHERE state = 'active' DO NOTHING
    RETURNING id
""")

_CONTACT = text(f"""
    SELECT {CONTACT_COLUMNS} FROM contacts ct WHERE ct.organization_id = :organization_id AND ct.id = :contact_id
""")  # noqa: S608 (only the columns are put in)


async def start_survey(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    conversation_id: UUID,
    contact_id: int,
    name: str,
    now: datetime,
) -> list[str]:
    """Begins the newest version of a survey in a conversation; the text to say: the intro and the first question.

    While another survey waits in the conversation nothing begins and nothing is said. Raises `NoSuchSurvey`.
    """
    version = await newest_survey(connection, organization_id=organization_id, name=name)
    await end_late_one(connection, conversation_id, now=now)
    whose = {"organization_id": organization_id, "contact_id": contact_id}
    contact = values_of((await connection.execute(_CONTACT, whose)).mappings().one())
    progress, said = begin(version.survey, contact)
    values: dict[str, Any] = {
        **whose,
        **deadlines(version.survey, now=now),
        "id": new_id(),
        "survey_id": version.id,
        "conversation_id": conversation_id,
        "step": progress.step,
        "now": now,
    }
    begun = (await connection.execute(_BEGIN, values)).scalar_one_or_none()
    return [said] if begun is not None and said else []


def deadlines(survey: Survey, *, now: datetime) -> Mapping[str, datetime | None]:
    """Until when an answer to a question asked now is waited for, and when a reminder of it is due."""
    remind = timedelta(hours=survey.remind_hours) if survey.remind_hours is not None else None
    return {"ends_at": now + timedelta(hours=survey.hours), "remind_at": None if remind is None else now + remind}
