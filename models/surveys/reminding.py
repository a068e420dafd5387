"""Reminds people of a survey's question that they have not answered: once a question, by a direct message."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from messaging.surveys.course import Progress, remind
from messaging.surveys.definition import SURVEY_JSON
from models.campaigns.rendering import CONTACT_COLUMNS, values_of
from models.messages.direct.drafts import Draft, Posting
from models.messages.direct.planning import plan_direct

MOST_AT_ONCE = 200
_log = structlog.get_logger(__name__)

# Whoever is with a person or a flow by now is left to them.
_DUE = text(f"""
    SELECT r.id, r.organization_id, r.conversation_id, r.contact_id, r.step, r.ends_at, s.name AS survey,
        s.definition, v.mode, {CONTACT_COLUMNS},
        (SELECT jsonb_object_agg(a.step, a.value) FROM survey_answers a
         WHERE a.run_id = r.id AND a.outcome = 'answered') AS answers
    FROM survey_runs r
    JOIN surveys s ON s.id = r.survey_id
    JOIN contacts ct ON ct.id = r.contact_id
    JOIN conversations v ON v.id = r.conversation_id
    WHERE r.state = 'active' AND r.remind_at <= :now AND r.ends_at > :now
    ORDER BY r.remind_at LIMIT :most
    FOR UPDATE OF r SKIP LOCKED
""")  # noqa: S608 (only the columns are put in)

_REMINDED = text("UPDATE survey_runs SET remind_at = NULL WHERE id = ANY(CAST(:ids AS uuid[]))")


async def remind_of_surveys(connection: AsyncConnection, *, now: datetime, most: int = MOST_AT_ONCE) -> int:
    """Plans the reminders that are due, of all organizations, some at a time; returns how many it saw to."""
    due: Sequence[RowMapping] = (await connection.execute(_DUE, {"now": now, "most": most})).mappings().all()
    for run in due:
        if run["mode"] == "auto":
            await _remind(connection, run, now=now)
    await connection.execute(_REMINDED, {"ids": [run["id"] for run in due]})
    return len(due)


async def _remind(connection: AsyncConnection, run: RowMapping, *, now: datetime) -> None:
    """The run and its step are the message's key: the same reminder is never planned twice."""
    said = _text_of(run)
    draft = Draft(run["contact_id"], said, key=f"survey {run['id']} {run['step']}")
    posting = Posting(
        organization_id=run["organization_id"],
        cause=f"survey {run['survey']}",
        now=now,
        conversation_id=run["conversation_id"],
        send_before=run["ends_at"],
    )
    try:
        await plan_direct(connection, draft, posting)
    except TidingsError as error:
        _log.warning("survey_reminder_not_planned", survey_run_id=str(run["id"]), reason=type(error).__name__)


def _text_of(run: RowMapping) -> str:
    columns: Mapping[str, Any] = dict(run)
    progress = Progress(run["step"], answers=run["answers"] or {})
    return remind(SURVEY_JSON.validate_python(run["definition"]), progress, values_of(columns))
