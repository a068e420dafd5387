"""What `tidings appointments move` and `mark` do: the front desk changes one appointment."""

import asyncio
import getpass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from cli.appointments_list import clock
from cli.appointments_show import show_appointment
from cli.database import open_database
from cli.output import people
from messaging.errors import TidingsError
from models.appointments.changing import Change, apply_changes
from models.appointments.listing import AppointmentLine, find_appointment
from models.appointments.starts import read_start
from models.appointments.states import NoSuchAppointment
from models.columns import utc_now
from models.imports.details import read_timezone
from models.imports.faults import Fault
from models.organizations import find_organization


class StartRefused(TidingsError):
    """The new start cannot be used; the text says why."""


def move_appointment(
    organization: str, external_id: str, start: str, *, timezone: str | None, show_numbers: bool, as_json: bool
) -> None:
    """Gives an appointment another start, local in its zone. Raises `StartRefused`, `NoSuchAppointment`."""
    asyncio.run(_move(organization, external_id, start, timezone))
    show_appointment(organization, external_id, show_numbers=show_numbers, as_json=as_json)


def mark_appointment(
    organization: str, external_id: str, state: str, *, show_numbers: bool, as_json: bool
) -> None:
    """Brings an appointment into a state. Raises `NoSuchAppointment`."""
    asyncio.run(_change(organization, external_id, {"external_id": external_id, "state": state}))
    show_appointment(organization, external_id, show_numbers=show_numbers, as_json=as_json)


async def _move(organization: str, external_id: str, start: str, timezone: str | None) -> None:
    zone = read_timezone(timezone) if timezone else None
    if isinstance(zone, Fault):
        raise StartRefused(f'There is no time zone "{timezone}"; name one such as Europe/Berlin.')
    line = await _look(organization, external_id)
    starts_at = read_start(start, zone or line.timezone)
    if isinstance(starts_at, Fault):
        raise StartRefused(f"{start}: {starts_at.reason}")
    change: Change = {"external_id": external_id, "starts_at": starts_at, "timezone": zone or line.timezone}
    await _change(organization, external_id, change)
    if starts_at < utc_now():
        people().print(f"{clock(starts_at, change['timezone'])} has passed: nobody is reminded of it.")


async def _look(organization: str, external_id: str) -> AppointmentLine:
    async with open_database(application="appointments move") as (_, engine), engine.connect() as connection:
        return (await _found(connection, organization, external_id))[1]


async def _change(organization: str, external_id: str, change: Change) -> None:
    async with open_database(application="appointments change") as (_, engine), engine.begin() as connection:
        organization_id, _ = await _found(connection, organization, external_id)
        actor = f"person:{getpass.getuser()}"
        await apply_changes(connection, organization_id, [change], now=utc_now(), actor=actor)


async def _found(connection: AsyncConnection, organization: str, external_id: str) -> tuple[UUID, AppointmentLine]:
    organization_id = (await find_organization(connection, organization)).id
    line = await find_appointment(connection, organization_id, external_id)
    if line is None:
        raise NoSuchAppointment(f'There is no appointment "{external_id}"; see `tidings appointments list`.')
    return organization_id, line
