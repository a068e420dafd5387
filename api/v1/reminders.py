"""Reminders: a list by the time they are due, and a day in figures."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.v1.access import Transaction, requires
from api.v1.pages import CursorText, Page, moment_and_id, moment_written, page_of, place_of
from api.v1.reminder_shapes import ReminderShown, RemindersReportShown
from api.v1.values import Limit, Text
from models.api_keys.callers import Caller
from models.api_keys.scopes import Scope
from models.columns import utc_now
from models.reminders.days import today_of
from models.reminders.fates import Fate
from models.reminders.listing import Wanted, list_reminders
from models.reminders.report import read_reminders_report
from models.reminders.story import ReminderLine

router = APIRouter(prefix="/reminders", tags=["Appointments"])
Reader = Annotated[Caller, Depends(requires(Scope.APPOINTMENTS_READ))]
Day = Annotated[
    date | None,
    Query(description="A day where the appointment is; if it is left out, today where most of them are."),
]


@router.get("", summary="List reminders")
async def get_reminders(
    caller: Reader,
    connection: Transaction,
    *,
    day: Annotated[date | None, Query(description="Only those due on this day where the appointment is.")] = None,
    state: Annotated[Fate | None, Query()] = None,
    rule: Annotated[Text | None, Query()] = None,
    place: Annotated[Text | None, Query()] = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[ReminderShown]:
    """By the time they are due."""
    wanted = Wanted(day=day, state=state, rule=rule, place=place)
    after = place_of(cursor, moment_and_id)
    lines = await list_reminders(connection, caller.organization_id, wanted, after=after, most=limit + 1)
    return page_of(lines, limit=limit, show=ReminderShown.model_validate, place=_written)


@router.get("/report", summary="Get a day's reminders in figures")
async def get_reminders_report(
    caller: Reader, connection: Transaction, *, day: Day = None
) -> RemindersReportShown:
    """By rule and place, each reminder in one figure; as it is known now."""
    if day is None:
        day = await today_of(connection, caller.organization_id, now=utc_now())
    report = await read_reminders_report(connection, caller.organization_id, day)
    return RemindersReportShown.model_validate(report)


def _written(line: ReminderLine) -> str:
    return moment_written(line.due_at, line.id)
