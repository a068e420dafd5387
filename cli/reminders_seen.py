"""What the commands about reminder rules look up, and how they show the dates that rules bring."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from cli.output import people, print_json, results
from cli.reminders_samples import dates_table, dates_to_json
from messaging.reminders.definition import ReminderRules
from models.campaigns.store import attribute_names
from models.columns import utc_now
from models.reminders.definition import parse
from models.reminders.foreseen import Sample, appointment_attribute_names, next_samples
from models.reminders.remarks import remarks

_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """Remarks that people should hear, and appointments to show dates for."""

    remarks: Sequence[str]
    samples: Sequence[Sample]


async def checked(connection: AsyncConnection, owner: UUID, text: str, file: Path) -> ReminderRules:
    """The rules of a text, all its variables known. Raises `DefinitionError`."""
    written = parse(text, where=str(file))
    written.check(await attribute_names(connection, owner), await appointment_attribute_names(connection, owner))
    return written.rules


async def look(connection: AsyncConnection, owner: UUID, sample: Sample | None) -> Seen:
    """For the sample that was described, else for the organization's next appointments."""
    samples = [sample] if sample else await next_samples(connection, owner, now=utc_now(), most=_SAMPLES)
    return Seen(await remarks(connection, owner), samples)


def print_dates(rules: ReminderRules, seen: Seen, *, as_json: bool) -> None:
    """The remarks to people, then the dates of each appointment."""
    for remark in seen.remarks:
        people().print(remark)
    if as_json:
        print_json({"appointments": dates_to_json(rules, seen.samples, now=utc_now())})
    elif seen.samples:
        results().print(dates_table(rules, seen.samples, now=utc_now()))
    else:
        results().print("The rules are right. No appointment is to come; --starts TIME shows dates for one.")
