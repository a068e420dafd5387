"""Free answers to surveys whose time is over; choices, numbers, yes and no stay: they are the results."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_OLD = """
    FROM survey_answers a JOIN survey_runs r ON r.id = a.run_id JOIN surveys s ON s.id = r.survey_id
    WHERE a.organization_id = :organization_id AND a.answered_at < :before AND a.value IS NOT NULL
        AND jsonb_typeof(a.value) = 'string'
        AND s.definition -> 'steps' @> jsonb_build_array(
            jsonb_build_object('key', a.step, 'question', jsonb_build_object('kind', 'text')))
"""

_REDACT = text(f"""
    UPDATE survey_answers SET value = NULL WHERE id = ANY(ARRAY(SELECT a.id {_OLD} ORDER BY a.id LIMIT :most))
""")  # noqa: S608 (only the text above is put in)

_COUNT = text(f"SELECT count(*) {_OLD}")


async def redact_answers(
    connection: AsyncConnection, organization_id: UUID, *, before: datetime, most: int
) -> int:
    """Takes the words out of at most so many answers from before then; returns of how many."""
    values = {"organization_id": organization_id, "before": before, "most": most}
    return (await connection.execute(_REDACT, values)).rowcount


async def count_old_answers(connection: AsyncConnection, organization_id: UUID, *, before: datetime) -> int:
    """How many there are in all."""
    values = {"organization_id": organization_id, "before": before}
    return int((await connection.execute(_COUNT, values)).scalar_one())
