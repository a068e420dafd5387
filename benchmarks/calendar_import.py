"""appointments: a calendar's file, each with the reminders of two rules, against pandas with to_sql."""

import asyncio
import csv
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pandas as pd
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.database import Bench, fresh_database, open_bench
from benchmarks.people_file import written
from benchmarks.table import Scale, Table, seconds, times, whole
from messaging.settings import Settings
from models.appointments.appointments_file import AppointmentsFile
from models.appointments.import_rules import AppointmentRules
from models.columns import utc_now
from models.engine import driver_url
from models.imports.file_import import import_file
from models.reminders.setting import set_rules

_APPOINTMENTS = {Scale.QUICK: 2_000, Scale.NORMAL: 100_000, Scale.FULL: 100_000}
_RULES = """
rules:
  - {name: evening before, when: 1 day before at 18:00, text: 'See you {{ appointment.weekday }}.'}
  - {name: last call, when: 3 hours before, only_if_unconfirmed: true, text: 'See you {{ appointment.time }}?'}
"""
_COLUMNS = ("external_id", "phone", "name", "starts_at", "timezone", "kind", "place")


def run(bench: Bench, scale: Scale) -> list[Table]:
    """A first file, the same again, and one in which all have moved by a day."""
    count = _APPOINTMENTS[scale]
    first, moved = bench.folder / "calendar.csv", bench.folder / "moved.csv"
    for path, days in ((first, 7), (moved, 8)):
        _write(path, count=count, days=days)
    with fresh_database(bench) as settings:
        took = {"pandas read_csv + to_sql, nothing checked, nobody reminded": _pandas(settings, first)}
        took |= asyncio.run(_tidings(settings, first, moved))
    return [_table(took, count=count)]


def _write(path: Path, *, count: int, days: int) -> None:
    day = utc_now().date() + timedelta(days=days)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for number in range(count):
            at = f"{day + timedelta(days=number % 60)}T{8 + number % 9:02}:{number % 4 * 15:02}"
            writer.writerow(
                (f"A-{number}", written(number), f"Person {number}", at, "America/New_York", "checkup", "Room 1")
            )


async def _tidings(settings: Settings, first: Path, moved: Path) -> dict[str, float]:
    async with open_bench(settings) as (engine, organization_id):
        await _rules(engine, organization_id)
        return {
            "Tidings: people, appointments, their story and two reminders each": await _import(engine, first),
            "Tidings: the same file again": await _import(engine, first),
            "Tidings: a newer file, every appointment moved": await _import(engine, moved),
        }


async def _rules(engine: AsyncEngine, organization_id: UUID) -> None:
    await set_rules(engine, organization_id, _RULES, actor="benchmark", now=utc_now())


async def _import(engine: AsyncEngine, path: Path) -> float:
    began = time.perf_counter()
    report = await import_file(
        engine, path, AppointmentsFile(AppointmentRules(), utc_now()), organization="default"
    )
    took = time.perf_counter() - began
    if report.refused:
        raise RuntimeError("Tidings refused rows of a file without a fault")
    return took


def _pandas(settings: Settings, path: Path) -> float:
    engine = create_engine(driver_url(settings.tidings_database_url or ""))
    began = time.perf_counter()
    pd.read_csv(path, dtype=str).to_sql("pandas_appointments", engine, index=False, chunksize=10_000)
    took = time.perf_counter() - began
    engine.dispose()
    return took


def _table(took: dict[str, float], *, count: int) -> Table:
    bare = next(iter(took.values()))
    rows = [[name, seconds(time_), whole(count / time_), times(time_ / bare)] for name, time_ in took.items()]
    return Table(
        title=f"appointments: a calendar's file of {count:,}",
        columns=["", "time", "rows/s", "to pandas"],
        rows=rows,
        notes=["Each of another person, over sixty days, in one zone; two rules, so two reminders each."],
    )
