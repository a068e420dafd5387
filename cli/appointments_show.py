"""What `tidings appointments show` does: one appointment, its reminders and its story."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from rich.table import Table

from cli.appointments_list import clock, in_words, local, to_json
from cli.appointments_reminders import reminder_to_json, reminders_table
from cli.database import open_database
from cli.messages_list import number, plain
from cli.output import print_json, results
from models.appointments.listing import AppointmentLine, StoryLine, find_appointment, read_story
from models.appointments.states import NoSuchAppointment
from models.organizations import find_organization
from models.reminders.story import ReminderLine, read_reminders


def show_appointment(organization: str, external_id: str, *, show_numbers: bool, as_json: bool) -> None:
    """Prints one appointment, its reminders and what happened to it, oldest first. Raises `NoSuchAppointment`."""
    line, reminders, story = asyncio.run(_read(organization, external_id))
    if as_json:
        told = [plain(asdict(each)) for each in story]
        reminding = [reminder_to_json(each) for each in reminders]
        print_json({**to_json(line, show_numbers=show_numbers), "reminders": reminding, "story": told})
        return
    results().print(_table(line, show_numbers=show_numbers))
    if reminders:
        results().print(reminders_table(reminders))
    for each in story:
        results().print(f"{clock(each.at, line.timezone)}  {_sentence(each, line.timezone)} ({each.actor})")


def _table(line: AppointmentLine, *, show_numbers: bool) -> Table:
    table = Table(show_header=False)
    about = {
        "appointment": line.external_id,
        "starts": f"{local(line)} {line.timezone}",
        "who": f"{line.name} {number(line.phone, show=show_numbers)}".strip(),
        "kind": line.kind,
        "place": line.place or "",
        "state": in_words(line.state),
        **{name: str(value) for name, value in line.attributes.items()},
    }
    for name, value in about.items():
        table.add_row(name, value)
    return table


def _sentence(each: StoryLine, timezone: str) -> str:
    """What happened in a few words: a move from when to when, a change of which fields."""
    what = each.what.replace("_", " ")
    if each.what == "moved":
        before, after = (clock(datetime.fromisoformat(each.detail[side]), timezone) for side in ("from", "to"))
        return f"{what} from {before} to {after}"
    if each.what == "changed":
        return f"{what}: {', '.join(each.detail)}"
    by = f" by message {each.message_id}" if each.message_id else ""
    return f"{what}{by}"


async def _read(
    organization: str, external_id: str
) -> tuple[AppointmentLine, Sequence[ReminderLine], Sequence[StoryLine]]:
    async with open_database(application="appointments show") as (_, engine), engine.connect() as connection:
        organization_id = (await find_organization(connection, organization)).id
        line = await find_appointment(connection, organization_id, external_id)
        if line is None:
            raise NoSuchAppointment(f'There is no appointment "{external_id}"; see `tidings appointments list`.')
        reminders = await read_reminders(connection, organization_id, line.id)
        return line, reminders, await read_story(connection, organization_id, line.id)
