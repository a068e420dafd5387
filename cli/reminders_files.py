"""What `tidings reminders check`, `set` and `show` do."""

import asyncio
import getpass
from dataclasses import asdict
from pathlib import Path

import typer

from cli.database import open_database
from cli.import_run import bar
from cli.output import people, print_json, results
from cli.reminders_samples import dates_to_json
from cli.reminders_seen import Seen, checked, look, print_dates
from messaging.reminders.definition import ReminderRules
from models.columns import utc_now
from models.imports.progress import Stage
from models.organizations import find_organization
from models.reminders.foreseen import Sample
from models.reminders.setting import RulesSet, set_rules
from models.reminders.store import StoredRules, load_rules
from models.yaml_source import read_text


def check_file(file: Path, sample: Sample | None, *, organization: str, as_json: bool) -> None:
    """Prints the dates of the file. Raises `UnreadableFile`, `DefinitionError`, and what `open_database` does."""
    rules, seen = asyncio.run(_check(file, sample, organization))
    print_dates(rules, seen, as_json=as_json)


def show_rules(sample: Sample | None, *, organization: str, as_json: bool) -> None:
    """Prints the dates of the rules that hold, and their text. Raises what `open_database` does."""
    stored, seen = asyncio.run(_show(sample, organization))
    if stored is None:
        typer.echo("No rules were set, so nobody is reminded; `tidings reminders set FILE` sets them.", err=True)
        if as_json:
            print_json({"version": 0, "written": None, "appointments": []})
        return
    origin = f"Version {stored.version}, set by {stored.actor} on {stored.updated_at:%Y-%m-%d at %H:%M} UTC."
    typer.echo(origin, err=True)
    if as_json:
        dates = dates_to_json(stored.rules, seen.samples, now=utc_now())
        print_json({"version": stored.version, "written": stored.written, "appointments": dates})
        return
    print_dates(stored.rules, seen, as_json=False)
    typer.echo(stored.written.rstrip("\n"))


def set_file(file: Path, *, catch_up: bool, organization: str, as_json: bool) -> None:
    """Stores the rules and brings all appointments in line. Raises as `check_file`."""
    done, seen = asyncio.run(_set(file, organization, catch_up=catch_up))
    for remark in seen.remarks:
        people().print(remark)
    if as_json:
        print_json(asdict(done))
        return
    counts = f"Appointments to come: {done.appointments:,}. Reminders waiting: {done.waiting:,}."
    results().print(f"Version {done.version} holds from now on. {counts}")


async def _check(file: Path, sample: Sample | None, organization: str) -> tuple[ReminderRules, Seen]:
    text = read_text(file)
    async with open_database(application="reminders check") as (_, engine), engine.connect() as connection:
        owner = (await find_organization(connection, organization)).id
        return await checked(connection, owner, text, file), await look(connection, owner, sample)


async def _show(sample: Sample | None, organization: str) -> tuple[StoredRules | None, Seen]:
    async with open_database(application="reminders show") as (_, engine), engine.connect() as connection:
        owner = (await find_organization(connection, organization)).id
        return await load_rules(connection, owner), await look(connection, owner, sample)


async def _set(file: Path, organization: str, *, catch_up: bool) -> tuple[RulesSet, Seen]:
    text = read_text(file)
    async with open_database(application="reminders set") as (_, engine):
        async with engine.connect() as connection:
            owner = (await find_organization(connection, organization)).id
            await checked(connection, owner, text, file)
            seen = await look(connection, owner, None)
        actor = f"person:{getpass.getuser()}"
        with bar() as progress:
            done = await set_rules(
                engine,
                owner,
                text,
                actor=actor,
                now=utc_now(),
                catch_up=catch_up,
                progress=lambda at, total: progress(Stage.SAVING, at, total),
            )
        return done, seen
