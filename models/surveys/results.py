"""What was answered: a survey's results in figures, and one row for each person."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.surveys.store import newest_survey

# Steps in the order of the newest version; those that only older versions had come after them.
_STEPS = text("""
    SELECT step.key FROM (
        SELECT definition_step ->> 'key' AS key, s.version, place
        FROM surveys s,
            jsonb_array_elements(s.definition -> 'steps') WITH ORDINALITY AS d(definition_step, place)
        WHERE s.organization_id = :organization_id AND s.name = :name) step
    GROUP BY step.key ORDER BY max(step.version) DESC, min(step.place)
""")

_STATES = text("""
    SELECT r.state, count(*)::int AS people FROM survey_runs r JOIN surveys s ON s.id = r.survey_id
    WHERE s.organization_id = :organization_id AND s.name = :name
    GROUP BY r.state
""")

_VALUES = text("""
    SELECT a.step, count(*)::int AS people,
        CASE a.value WHEN 'true' THEN 'yes' WHEN 'false' THEN 'no' ELSE a.value #>> '{}' END AS value
    FROM survey_answers a JOIN survey_runs r ON r.id = a.run_id JOIN surveys s ON s.id = r.survey_id
    WHERE s.organization_id = :organization_id AND s.name = :name AND a.outcome = 'answered'
        AND NOT EXISTS (
            SELECT FROM jsonb_array_elements(s.definition -> 'steps') d
            WHERE d ->> 'key' = a.step AND d -> 'question' ->> 'kind' = 'text')
    GROUP BY a.step, a.value
    ORDER BY people DESC, value
""")

_ROWS = text("""
    SELECT r.id, s.version, ct.id AS contact_id, ct.phone, ct.first_name, ct.last_name, v.channel, r.state,
        r.started_at, r.ended_at,
        (SELECT jsonb_object_agg(a.step, a.value) FROM survey_answers a
         WHERE a.run_id = r.id AND a.outcome = 'answered') AS answers
    FROM survey_runs r
    JOIN surveys s ON s.id = r.survey_id
    JOIN contacts ct ON ct.id = r.contact_id
    JOIN conversations v ON v.id = r.conversation_id
    WHERE s.organization_id = :organization_id AND s.name = :name
    ORDER BY r.started_at, r.id
""")


@dataclass(frozen=True, slots=True)
class StepResults:
    """How often each value was the answer to a step, the most frequent first; of texts nothing is counted."""

    key: str
    answers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Results:
    """How many people stand where, and what they answered, over all versions of the survey."""

    states: Mapping[str, int]
    steps: Sequence[StepResults]


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One person's survey; `answers` are by step, and hold only what was answered."""

    id: UUID
    version: int
    contact_id: int
    phone: str
    first_name: str | None
    last_name: str | None
    channel: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    answers: Mapping[str, Any]


async def survey_results(connection: AsyncConnection, *, organization_id: UUID, name: str) -> Results:
    """The figures of a survey. Raises `NoSuchSurvey`."""
    which = {"organization_id": organization_id, "name": name}
    keys = await step_keys(connection, organization_id=organization_id, name=name)
    states = {row.state: row.people for row in await connection.execute(_STATES, which)}
    counted: dict[str, dict[str, int]] = {key: {} for key in keys}
    for row in await connection.execute(_VALUES, which):
        counted[row.step][row.value] = row.people
    return Results(states, [StepResults(key, answers) for key, answers in counted.items()])


async def step_keys(connection: AsyncConnection, *, organization_id: UUID, name: str) -> list[str]:
    """The keys of all steps that any version of a survey has had. Raises `NoSuchSurvey`."""
    await newest_survey(connection, organization_id=organization_id, name=name)
    which = {"organization_id": organization_id, "name": name}
    return list((await connection.execute(_STEPS, which)).scalars())


async def result_rows(
    connection: AsyncConnection, *, organization_id: UUID, name: str
) -> AsyncIterator[ResultRow]:
    """One row for each person and survey, the earliest first, read as they are needed."""
    which = {"organization_id": organization_id, "name": name}
    async with connection.stream(_ROWS, which) as found:
        async for row in found.mappings():
            yield ResultRow(**{**row, "answers": row["answers"] or {}})
