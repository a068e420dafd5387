"""import: a CSV file of contacts, against pandas with to_sql, a bare COPY, and parsing its numbers alone."""

import asyncio
import csv
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import phonenumbers
import psycopg
from sqlalchemy import create_engine

from benchmarks.database import Bench, fresh_database, open_bench
from benchmarks.people_file import write_people
from benchmarks.table import Scale, Table, seconds, times, whole
from messaging.settings import Settings
from models.columns import utc_now
from models.engine import driver_url
from models.imports.contacts_file import ContactsFile
from models.imports.file_import import import_file
from models.imports.rules import ImportRules

_PEOPLE = {Scale.QUICK: 5_000, Scale.NORMAL: 1_000_000, Scale.FULL: 1_000_000}
_SAMPLE = 100_000
"""Parsing alone and pandas are the same for each row, so they are measured on so many and multiplied."""
_RULES = ImportRules(method="web_form", source="benchmark")
_CHUNK = 10_000


def run(bench: Bench, scale: Scale) -> list[Table]:
    """Imports the same people in each way."""
    people = _PEOPLE[scale]
    sample = min(people, _SAMPLE)
    whole_file, part = bench.folder / "people.csv", bench.folder / "part.csv"
    write_people(whole_file, people=people)
    write_people(part, people=sample)
    with fresh_database(bench) as settings:
        took = {
            "phonenumbers only: parse, judge, format": _seconds(_parse, part) * people / sample,
            "Tidings: judged, merged, consent recorded": asyncio.run(_tidings(settings, whole_file)),
            "pandas read_csv + to_sql, nothing checked": _pandas(settings, part) * people / sample,
            "bare COPY, nothing checked": _copy(settings, whole_file),
        }
    whole_file.unlink()
    return [_table(took, people=people)]


async def _tidings(settings: Settings, path: Path) -> float:
    async with open_bench(settings) as (engine, _):
        began = time.perf_counter()
        report = await import_file(engine, path, ContactsFile(_RULES, utc_now()), organization="default")
        took = time.perf_counter() - began
    if report.refused_file:
        raise RuntimeError("Tidings refused rows of a file without a fault")
    return took


def _parse(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            number = phonenumbers.parse(row["phone"], "US")
            if not phonenumbers.is_valid_number(number):
                raise RuntimeError("a number of the file is not valid")
            phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _pandas(settings: Settings, path: Path) -> float:
    engine = create_engine(driver_url(settings.tidings_database_url or ""))
    began = time.perf_counter()
    pd.read_csv(path, dtype=str).to_sql("pandas_people", engine, index=False, chunksize=_CHUNK)
    took = time.perf_counter() - began
    engine.dispose()
    return took


def _copy(settings: Settings, path: Path) -> float:
    columns = "phone, first_name, last_name, email, city, consent_marketing, consent_at"
    with psycopg.connect(settings.tidings_database_url or "") as connection:
        connection.execute(f"CREATE TABLE bare_people ({columns.replace(',', ' text,')} text)")
        began = time.perf_counter()
        with (
            path.open("rb") as file,
            connection.cursor().copy("COPY bare_people FROM STDIN (FORMAT csv, HEADER)") as copy,
        ):
            while block := file.read(1 << 16):
                copy.write(block)
        connection.commit()
        return time.perf_counter() - began


def _seconds(work: Callable[[Path], None], path: Path) -> float:
    began = time.perf_counter()
    work(path)
    return time.perf_counter() - began


def _table(took: dict[str, float], *, people: int) -> Table:
    parsing = next(iter(took.values()))
    rows = [[name, seconds(time_), whole(people / time_), times(time_ / parsing)] for name, time_ in took.items()]
    return Table(
        title=f"import: a CSV file of {people:,} people",
        columns=["", "time", "rows/s", "to phonenumbers only"],
        rows=rows,
        notes=[
            "North American numbers, written in four ways; nine of ten agreed, one of ten said no.",
            f"phonenumbers and pandas were measured on {_SAMPLE:,} rows at most and multiplied.",
        ],
    )
