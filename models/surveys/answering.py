"""What someone writes while a survey waits for an answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.keywords import recognise
from messaging.surveys.course import End, Progress, Turn, proceed
from messaging.surveys.definition import SURVEY_JSON, Survey
from models.campaigns.rendering import CONTACT_COLUMNS, values_of
from models.surveys.ending import end_run
from models.surveys.starting import deadlines
from models.surveys.tables import RunState

_WAITING = text(f"""
    SELECT r.id, r.step, r.tries, r.ends_at, r.ends_at <= :now AS late, s.definition, {CONTACT_COLUMNS},
        EXISTS (SELECT FROM consents c
            WHERE c.organization_id = r.organization_id AND c.phone = ct.phone
                AND c.message_type = 'transactional' AND c.topic = '' AND c.state = 'opted_out') AS refused
    FROM survey_runs r
    JOIN surveys s ON s.id = r.survey_id
    JOIN contacts ct ON ct.id = r.contact_id
    JOIN conversations asked ON asked.id = r.conversation_id
    JOIN conversations answered ON answered.id = :conversation_id
    WHERE r.organization_id = :organization_id AND r.contact_id = :contact_id AND r.state = 'active'
        AND (asked.id = answered.id
            OR (asked.channel = 'whatsapp' AND answered.channel = 'whatsapp'
                AND (asked.our_address LIKE 'MG%') <> (answered.our_address LIKE 'MG%')))
    ORDER BY asked.id = answered.id DESC LIMIT 1
    FOR UPDATE OF r
""")  # noqa: S608 (only the columns are put in)
"""A WhatsApp number that is in a Messaging Service asks by its own name, and is answered by way of the service."""

_TAKEN = text("SELECT EXISTS (SELECT FROM survey_answers WHERE message_sid = :message_sid)")
"""Asked with the survey's row in hand, so that of the same message twice at once the second one is seen."""

_ANSWERS = text("""
    SELECT step, value FROM survey_answers WHERE run_id = :run_id AND outcome = 'answered' ORDER BY id
""")

_TAKE = text("""
    INSERT INTO survey_answers (organization_id, run_id, step, outcome, value, message_sid, answered_at)
    VALUES (:organization_id, :run_id, :step, :outcome, CAST(:value AS jsonb), :message_sid, :now)
""")

_GO_ON = text("""
    UPDATE survey_runs SET step = :step, tries = :tries, ends_at = :ends_at, remind_at = :remind_at
    WHERE id = :run_id
""")

_TAG = text("""
    UPDATE contacts SET tags = array_append(tags, CAST(:tag AS text)), updated_at = :now
    WHERE organization_id = :organization_id AND id = :contact_id AND NOT CAST(:tag AS text) = ANY(tags)
""")

UNCERTAIN = timedelta(minutes=1)
"""How much the moments of two messages may differ from their order."""

_ENDS: Mapping[End, RunState] = {End.FINISHED: RunState.FINISHED, End.GAVE_UP: RunState.GAVE_UP}


@dataclass(frozen=True, slots=True)
class _Waiting:
    """The survey that waits in a conversation; its row is locked, so two messages at once take their turns."""

    run_id: UUID
    survey: Survey
    asked_at: datetime
    progress: Progress
    contact: Mapping[str, object]


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
    """The text to reply with when a survey takes this message as an answer; None when none is waiting.

    Never takes a STOP, START or HELP; a YES is an answer here. The same message twice counts once; one that was
    written before the question (`now` is when, also if it is handled late) is no answer to it. A survey that
    waited too long, or with someone who has said no meanwhile, ends here and takes nothing.
    """
    if recognise(body, asked=True) is not None:
        return None
    message = {
        "organization_id": organization_id,
        "contact_id": contact_id,
        "message_sid": message_sid,
        "now": now,
    }
    place = {**message, "conversation_id": conversation_id}
    row = (await connection.execute(_WAITING, place)).mappings().one_or_none()
    if row is None:
        return None
    if (await connection.execute(_TAKEN, message)).scalar_one():
        return []
    if row["refused"] or row["late"]:
        state = RunState.STOPPED if row["refused"] else RunState.TIMED_OUT
        await end_run(connection, row["id"], state=state, now=now)
        return None
    waiting = await _read(connection, row)
    if now + UNCERTAIN < waiting.asked_at:
        return None
    turn = proceed(waiting.survey, waiting.progress, body, waiting.contact)
    await _keep(connection, waiting, turn, message)
    return [turn.text] if turn.text else []


async def _read(connection: AsyncConnection, row: RowMapping) -> _Waiting:
    answers = (await connection.execute(_ANSWERS, {"run_id": row["id"]})).all()
    progress = Progress(row["step"], row["tries"], {answer.step: answer.value for answer in answers})
    survey = SURVEY_JSON.validate_python(row["definition"])
    asked_at = row["ends_at"] - timedelta(hours=survey.hours)
    return _Waiting(row["id"], survey, asked_at, progress, values_of(row))


async def _keep(connection: AsyncConnection, waiting: _Waiting, turn: Turn, message: Mapping[str, Any]) -> None:
    """The answer, and where the survey stands after it, or how it ended."""
    now = message["now"]
    taken = {
        "run_id": waiting.run_id,
        "step": waiting.progress.step,
        "outcome": turn.outcome.value,
        "value": None if turn.value is None else json.dumps(turn.value),
    }
    await connection.execute(_TAKE, {**message, **taken})
    if turn.end is None:
        stands = {"run_id": waiting.run_id, "step": turn.progress.step, "tries": turn.progress.tries}
        await connection.execute(_GO_ON, {**stands, **deadlines(waiting.survey, now=now)})
        return
    await end_run(connection, waiting.run_id, state=_ENDS[turn.end], now=now)
    if turn.end is End.FINISHED and waiting.survey.tag:
        await connection.execute(_TAG, {**message, "tag": waiting.survey.tag})
