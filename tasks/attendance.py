"""Tells a campaign's timeline which flow runs work on it, and how each ended: the killed ones too."""

import asyncio
import platform
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import psutil
from prefect.runtime import flow_run
from sqlalchemy.exc import SQLAlchemyError

from messaging.errors import TidingsError
from models.campaigns.flow_runs import Attendance, unended
from models.campaigns.timeline import Actor, Event, What, note
from tasks.equipment import Equipment
from tasks.flow_run_state import read_state
from tasks.uncut import uncut

STOPPED = "it was stopped"
LOST = "its process is gone and said nothing: killed, or its machine went down"


@asynccontextmanager
async def attended(tools: Equipment, run_id: UUID) -> AsyncIterator[None]:
    """Writes the beginning and the end of this flow run, and the end of earlier ones that could not do it."""
    this = _this_process()
    await _note_lost(tools, run_id)
    await _note(tools, run_id, What.FLOW_RUN_BEGAN, this)
    try:
        yield
    except BaseException as error:
        with suppress(SQLAlchemyError):  # what went wrong first is what counts
            await uncut(_note(tools, run_id, What.FLOW_RUN_ENDED, this, why=_why(error)))
        raise
    await _note(tools, run_id, What.FLOW_RUN_ENDED, this)


async def _note_lost(tools: Equipment, run_id: UUID) -> None:
    async with tools.engine.connect() as connection:
        silent = await unended(connection, run_id)
    for lost in silent:
        why = await _how_it_ended(lost)
        if why is not None:
            await _note(tools, run_id, What.FLOW_RUN_ENDED, lost, why=why)


async def _how_it_ended(lost: Attendance) -> str | None:
    """None while it may be at work; only on this machine can a silent process be told from a dead one."""
    state = await read_state(lost.id)
    if state is not None and state.is_final():
        return f"{state.name}: {state.message}" if state.message else state.name
    return LOST if lost.host == platform.node() and not _is_running(lost) else None


def _is_running(attendance: Attendance) -> bool:
    try:
        return abs(psutil.Process(attendance.pid).create_time() - attendance.began) < 1.0
    except psutil.NoSuchProcess:
        return False


async def _note(
    tools: Equipment, run_id: UUID, what: What, attendance: Attendance, *, why: str | None = None
) -> None:
    event = Event(what, Actor.SYSTEM, at=tools.clock(), why=why, detail=attendance.to_detail())
    async with tools.engine.begin() as connection:
        await note(connection, run_id, event)


def _this_process() -> Attendance:
    process = psutil.Process()
    return Attendance(id=str(flow_run.id), host=platform.node(), pid=process.pid, began=process.create_time())


def _why(error: BaseException) -> str:
    """A sentence of ours, or the error's kind: the text of another could hold a phone number."""
    if isinstance(error, BaseExceptionGroup):
        return _why(error.exceptions[0])
    if isinstance(error, TidingsError):
        return str(error)
    if isinstance(error, asyncio.CancelledError) or not isinstance(error, Exception):
        return STOPPED
    return f"it failed with {type(error).__name__}"
