"""Surveys kept in versions: loading a changed file adds one, and who is under way stays on the old one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from messaging.surveys.definition import SURVEY_JSON, Survey
from models.columns import new_id


class NoSuchSurvey(TidingsError):
    """The organization has no survey of this name."""


@dataclass(frozen=True, slots=True)
class StoredSurvey:
    """One version of a survey; `source` is the file it came from."""

    id: UUID
    version: int
    source: str
    survey: Survey


@dataclass(frozen=True, slots=True)
class SurveyLine:
    """A survey in its newest version, with how many people are under way and how many finished it, in any."""

    name: str
    version: int
    steps: int
    active: int
    finished: int
    created_at: datetime


_NEWEST = text("""
    SELECT id, version, source, definition FROM surveys
    WHERE organization_id = :organization_id AND name = :name
    ORDER BY version DESC LIMIT 1
""")

_IN_TURN = text("SELECT FROM organizations WHERE id = :organization_id FOR NO KEY UPDATE")
"""Two that load the same survey at once give it two versions, not one number."""

_ADD = text("""
    INSERT INTO surveys (id, organization_id, name, version, source, definition, created_at)
    VALUES (:id, :organization_id, :name, :version, :source, CAST(:definition AS jsonb), :now)
""")

_LIST = text("""
    SELECT n.name, n.version, jsonb_array_length(n.definition -> 'steps') AS steps, n.created_at,
        COALESCE(c.active, 0) AS active, COALESCE(c.finished, 0) AS finished
    FROM (
        SELECT DISTINCT ON (name) name, version, definition, created_at FROM surveys
        WHERE organization_id = :organization_id ORDER BY name, version DESC) n
    LEFT JOIN (
        SELECT s.name, count(*) FILTER (WHERE r.state = 'active') AS active,
            count(*) FILTER (WHERE r.state = 'finished') AS finished
        FROM survey_runs r JOIN surveys s ON s.id = r.survey_id
        WHERE s.organization_id = :organization_id GROUP BY s.name) c USING (name)
    ORDER BY n.name
""")


async def newest_survey(connection: AsyncConnection, *, organization_id: UUID, name: str) -> StoredSurvey:
    """The survey as it begins now. Raises `NoSuchSurvey`."""
    found = await _newest(connection, organization_id=organization_id, name=name)
    if found is None:
        raise NoSuchSurvey(f'There is no survey "{name}"; see `tidings surveys list`.')
    return found


async def _newest(connection: AsyncConnection, *, organization_id: UUID, name: str) -> StoredSurvey | None:
    row = (await connection.execute(_NEWEST, {"organization_id": organization_id, "name": name})).one_or_none()
    if row is None:
        return None
    return StoredSurvey(row.id, row.version, row.source, SURVEY_JSON.validate_python(row.definition))


async def add_survey(
    connection: AsyncConnection, survey: Survey, *, organization_id: UUID, source: str, now: datetime
) -> StoredSurvey:
    """Stores a survey as its next version; the newest one again is no new version."""
    await connection.execute(_IN_TURN, {"organization_id": organization_id})
    newest = await _newest(connection, organization_id=organization_id, name=survey.name)
    if newest is not None and newest.survey == survey:
        return newest
    added = StoredSurvey(new_id(), newest.version + 1 if newest else 1, source, survey)
    values = {
        "id": added.id,
        "organization_id": organization_id,
        "name": survey.name,
        "version": added.version,
        "source": source,
        "definition": SURVEY_JSON.dump_json(survey).decode(),
        "now": now,
    }
    await connection.execute(_ADD, values)
    return added


async def list_surveys(connection: AsyncConnection, *, organization_id: UUID) -> Sequence[SurveyLine]:
    """The organization's surveys by name."""
    rows = await connection.execute(_LIST, {"organization_id": organization_id})
    return [SurveyLine(**row) for row in rows.mappings()]
