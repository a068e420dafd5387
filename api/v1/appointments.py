"""Appointments: made, changed, called off, looked at."""

from collections import Counter
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response, status
from sqlalchemy.ext.asyncio import AsyncConnection

from api.v1.access import Transaction, requires
from api.v1.appointment_shapes import (
    AppointmentBooked,
    AppointmentChanges,
    AppointmentEventShown,
    AppointmentGiven,
    AppointmentsBooked,
    AppointmentShown,
    AppointmentStory,
    BulkAppointments,
    UnconfirmedShown,
)
from api.v1.description import BODY_PROBLEMS, NOT_FOUND
from api.v1.idempotency import Repeatable
from api.v1.pages import CursorText, Page, moment_and_id, moment_written, page_of, place_of
from api.v1.problems import Kind, ProblemError
from api.v1.reminder_shapes import AppointmentReminders, ReminderShown
from api.v1.values import IdInPath, IntegerId, Limit, Moment, Text
from models.api_keys.callers import Caller
from models.api_keys.scopes import Scope
from models.appointments.booking import Booked, Booking, book_many
from models.appointments.listing import (
    AppointmentLine,
    Wanted,
    list_appointments,
    load_appointment,
    read_story,
)
from models.appointments.states import set_state
from models.appointments.tables import AppointmentState
from models.appointments.unconfirmed import list_unconfirmed
from models.columns import utc_now
from models.reminders.story import read_reminders

router = APIRouter(prefix="/appointments", tags=["Appointments"])
Reader = Annotated[Caller, Depends(requires(Scope.APPOINTMENTS_READ))]
Writer = Annotated[Caller, Depends(requires(Scope.APPOINTMENTS_WRITE))]
_MADE: dict[int | str, dict[str, Any]] = {201: {"model": AppointmentShown, "description": "A new appointment"}}
_TOMORROW = 1


@router.post("", summary="Make or change an appointment", responses=BODY_PROBLEMS | NOT_FOUND | _MADE)
async def put_appointment(
    given: AppointmentGiven, caller: Writer, connection: Transaction, repeatable: Repeatable, response: Response
) -> AppointmentShown:
    """There is one for each external_id. Sending the same again changes nothing."""

    async def work() -> AppointmentShown:
        booked = await _book(connection, given.to_booking(given.external_id), caller)
        response.status_code = status.HTTP_201_CREATED if booked.outcome == "new" else status.HTTP_200_OK
        return await _shown(connection, booked.id or 0, caller)

    return await repeatable.once(connection, AppointmentShown, work)


@router.post("/bulk", summary="Make or change many appointments", responses=BODY_PROBLEMS)
async def put_appointments(
    given: BulkAppointments, caller: Writer, connection: Transaction, repeatable: Repeatable
) -> AppointmentsBooked:
    """Each has its own result; what is wrong with one does not hold up the others."""

    async def work() -> AppointmentsBooked:
        bookings = [each.to_booking(each.external_id) for each in given.appointments]
        done = await book_many(connection, caller.organization_id, bookings, now=utc_now(), actor=caller.name)
        count = Counter(each.outcome for each in done)
        return AppointmentsBooked(
            new=count["new"],
            changed=count["changed"],
            unchanged=count["unchanged"],
            refused=count["refused"],
            data=[AppointmentBooked.model_validate(each) for each in done],
        )

    return await repeatable.once(connection, AppointmentsBooked, work)


@router.get("", summary="List appointments")
async def get_appointments(
    caller: Reader,
    connection: Transaction,
    *,
    since: Annotated[Moment | None, Query(description="Only those that start then or later.")] = None,
    until: Annotated[Moment | None, Query(description="Only those that start before.")] = None,
    state: Annotated[AppointmentState | None, Query()] = None,
    kind: Annotated[Text | None, Query()] = None,
    contact_id: Annotated[IntegerId | None, Query()] = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[AppointmentShown]:
    """By their start."""
    wanted = Wanted(since=since, until=until, state=state, kind=kind, contact_id=contact_id)
    after = place_of(cursor, moment_and_id)
    lines = await list_appointments(connection, caller.organization_id, wanted, after=after, most=limit + 1)
    return page_of(lines, limit=limit, show=AppointmentShown.model_validate, place=_written)


@router.get("/unconfirmed", summary="List whom to call")
async def get_unconfirmed(
    caller: Reader,
    connection: Transaction,
    *,
    day: Annotated[
        date | None, Query(alias="date", description="A day where the appointment is; tomorrow if it is left out.")
    ] = None,
    place: Annotated[Text | None, Query()] = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[UnconfirmedShown]:
    """Who is expected on a day and has not confirmed, by start; with what is known of the asking."""
    lines = await list_unconfirmed(
        connection,
        caller.organization_id,
        _TOMORROW if day is None else day,
        now=utc_now(),
        place=place,
        after=place_of(cursor, moment_and_id),
        most=limit + 1,
    )
    return page_of(lines, limit=limit, show=UnconfirmedShown.model_validate, place=_written)


@router.get("/{appointment_id}", summary="Get an appointment", responses=NOT_FOUND)
async def get_appointment(appointment_id: IdInPath, caller: Reader, connection: Transaction) -> AppointmentShown:
    """One appointment."""
    return await _shown(connection, appointment_id, caller)


@router.get("/{appointment_id}/story", summary="Get what happened to an appointment", responses=NOT_FOUND)
async def get_appointment_story(
    appointment_id: IdInPath, caller: Reader, connection: Transaction
) -> AppointmentStory:
    """Oldest first."""
    await load_appointment(connection, caller.organization_id, appointment_id)
    story = await read_story(connection, caller.organization_id, appointment_id)
    return AppointmentStory(data=[AppointmentEventShown.model_validate(each) for each in story])


@router.get("/{appointment_id}/reminders", summary="Get the reminders of an appointment", responses=NOT_FOUND)
async def get_appointment_reminders(
    appointment_id: IdInPath, caller: Reader, connection: Transaction
) -> AppointmentReminders:
    """Those of other starts too, by when they are due."""
    await load_appointment(connection, caller.organization_id, appointment_id)
    lines = await read_reminders(connection, caller.organization_id, appointment_id)
    return AppointmentReminders(data=[ReminderShown.model_validate(each) for each in lines])


@router.patch("/{appointment_id}", summary="Change an appointment", responses=BODY_PROBLEMS | NOT_FOUND)
async def patch_appointment(
    appointment_id: IdInPath, changes: AppointmentChanges, caller: Writer, connection: Transaction
) -> AppointmentShown:
    """Move it, say what became of it, or correct it; its external_id stays."""
    line = await load_appointment(connection, caller.organization_id, appointment_id)
    await _book(connection, changes.to_booking(line.external_id), caller)
    return await _shown(connection, appointment_id, caller)


@router.post("/{appointment_id}/cancel", summary="Cancel an appointment", responses=NOT_FOUND)
async def cancel_appointment(
    appointment_id: IdInPath, caller: Writer, connection: Transaction
) -> AppointmentShown:
    """Nobody is reminded of it any more. Cancelling it again changes nothing."""
    await set_state(
        connection,
        caller.organization_id,
        appointment_id,
        AppointmentState.CANCELED,
        now=utc_now(),
        actor=caller.name,
    )
    return await _shown(connection, appointment_id, caller)


async def _book(connection: AsyncConnection, booking: Booking, caller: Caller) -> Booked:
    """One booking. Raises `ProblemError` with the reason when it is refused."""
    done = await book_many(connection, caller.organization_id, [booking], now=utc_now(), actor=caller.name)
    if done[0].reason is not None:
        missing = isinstance(booking.person, int) and "contact_id" not in done[0].reason
        raise ProblemError(Kind.NOT_FOUND if missing else Kind.INVALID, done[0].reason)
    return done[0]


async def _shown(connection: AsyncConnection, appointment_id: int, caller: Caller) -> AppointmentShown:
    line = await load_appointment(connection, caller.organization_id, appointment_id)
    return AppointmentShown.model_validate(line)


def _written(line: AppointmentLine) -> str:
    return moment_written(line.starts_at, line.id)
