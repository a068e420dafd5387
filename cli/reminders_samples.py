"""The appointments that reminder dates are shown for, and the dates as people read them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from messaging.reminders.definition import ReminderRules
from messaging.reminders.due import Timing
from models.appointments.starts import read_start
from models.imports.details import read_timezone
from models.imports.faults import Fault
from models.reminders.foreseen import Foreseen, Sample, foresee


def read_sample(starts: str | None, timezone: str | None, kind: str | None) -> Sample | None:
    """The appointment that was described, if one was. Raises `typer.BadParameter`."""
    if starts is None:
        if timezone or kind:
            raise typer.BadParameter("Say --starts too: when the appointment begins.")
        return None
    zone = _checked(read_timezone(timezone), "--timezone") if timezone else None
    start = read_start(starts, zone)
    if isinstance(start, Fault):
        raise typer.BadParameter(f'"{starts}": {start.reason}', param_hint="--starts")
    return Sample(start, zone or "UTC", kind or "")


def _checked(zone: str | Fault, name: str) -> str:
    if isinstance(zone, Fault):
        raise typer.BadParameter("There is no such time zone; write it as Europe/Berlin.", param_hint=name)
    return zone


def dates_table(rules: ReminderRules, samples: Sequence[Sample], *, now: datetime) -> Table:
    """A row for each reminder of each appointment, by the clock of its place."""
    table = Table("Start", "Rule", "Due", "Until", "What", box=None, padding=(0, 1, 0, 0))
    for sample in samples:
        zone = ZoneInfo(sample.timezone)
        start = " ".join(part for part in (sample.external_id, _clock(sample.starts_at, zone)) if part)
        for place, each in enumerate(foresee(rules, sample, now=now)):
            until = _clock(each.verdict.send_before, zone) if isinstance(each.verdict, Timing) else ""
            table.add_row("" if place else start, each.rule.name, _clock(each.at, zone), until, _remark(each))
    return table


def dates_to_json(rules: ReminderRules, samples: Sequence[Sample], *, now: datetime) -> list[dict[str, Any]]:
    """The same for machines."""
    return [
        {
            "external_id": sample.external_id,
            "starts_at": sample.starts_at.isoformat(),
            "timezone": sample.timezone,
            "reminders": [_to_json(each) for each in foresee(rules, sample, now=now)],
        }
        for sample in samples
    ]


def _to_json(each: Foreseen) -> dict[str, Any]:
    times: tuple[str | None, str | None, str | None]
    if isinstance(each.verdict, Timing):
        times = (each.verdict.due_at.isoformat(), each.verdict.send_before.isoformat(), None)
    else:
        times = (None, None, each.verdict.reason.value)
    return {"rule": each.rule.name, **dict(zip(("due_at", "send_before", "why_not"), times, strict=True))}


def _remark(each: Foreseen) -> str:
    if not isinstance(each.verdict, Timing):
        return f"does not come: {each.verdict.reason.value}"
    said = {
        "if not confirmed": each.rule.only_if_unconfirmed,
        "at once": each.verdict.late,
        "kept by Twilio": each.rule.schedule_at_twilio,
    }
    return ", ".join(words for words, holds in said.items() if holds)


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M}"
