"""Ends surveys: by the last answer, by a STOP, or because no answer came."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events.kinds import EventKind
from models.events.note import Happening, note_many
from models.surveys.tables import RunState


def _ending(which: str) -> TextClause:
    return text(f"""
        UPDATE survey_runs r
        SET state = :state, ended_at = :now, remind_at = NULL
        FROM surveys s
        WHERE s.id = r.survey_id AND r.state = 'active' AND {which}
        RETURNING r.id, r.organization_id, r.conversation_id, r.contact_id, s.name
    """)  # noqa: S608 (only the conditions below are put in)


_THIS = _ending("r.id = :run_id")
_OF_CONTACT = _ending("""r.organization_id = :organization_id AND r.contact_id = (
            SELECT id FROM contacts WHERE organization_id = :organization_id AND phone = :phone)""")
_OF_CONVERSATION = _ending("r.conversation_id = :conversation_id AND r.ends_at <= :now")
_LATE = _ending("""r.id = ANY(ARRAY(
            SELECT id FROM survey_runs WHERE state = 'active' AND ends_at <= :now
            ORDER BY ends_at LIMIT :most FOR UPDATE SKIP LOCKED))""")

MOST_AT_ONCE = 1_000


async def end_run(connection: AsyncConnection, run_id: UUID, *, state: RunState, now: datetime) -> None:
    """Ends one survey in this state; the caller holds its row."""
    await _end(connection, _THIS, {"run_id": run_id}, state=state, now=now)


async def stop_surveys(connection: AsyncConnection, *, organization_id: UUID, phone: str, now: datetime) -> int:
    """Ends every survey with a number (E.164) that said STOP, in whichever conversation; returns how many."""
    whose = {"organization_id": organization_id, "phone": phone}
    return await _end(connection, _OF_CONTACT, whose, state=RunState.STOPPED, now=now)


async def end_late_one(connection: AsyncConnection, conversation_id: UUID, *, now: datetime) -> None:
    """Ends a conversation's survey when its answer is overdue and no sweep has come by yet."""
    await _end(
        connection, _OF_CONVERSATION, {"conversation_id": conversation_id}, state=RunState.TIMED_OUT, now=now
    )


async def time_out_surveys(connection: AsyncConnection, *, now: datetime) -> int:
    """Ends the surveys whose answer is overdue, of all organizations, some at a time; returns how many."""
    return await _end(connection, _LATE, {"most": MOST_AT_ONCE}, state=RunState.TIMED_OUT, now=now)


async def _end(
    connection: AsyncConnection, statement: TextClause, which: dict[str, object], *, state: RunState, now: datetime
) -> int:
    ended = (await connection.execute(statement, {**which, "state": state.value, "now": now})).all()
    told = [
        Happening(
            organization_id=run.organization_id,
            kind=EventKind.SURVEY_FINISHED,
            subject={
                "survey": run.name,
                "survey_run_id": str(run.id),
                "contact_id": run.contact_id,
                "conversation_id": str(run.conversation_id),
                "state": state.value,
            },
        )
        for run in ended
    ]
    await note_many(connection, told, now=now)
    return len(ended)
