"""Runs an import against the stack's database, with a progress bar where somebody is watching."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import psycopg
from rich.console import Console
from rich.progress import Progress

from cli.database import open_database
from cli.import_summary import show
from cli.output import print_json
from deployments.database_check import DatabaseUnusable
from models.columns import utc_now
from models.imports.contacts_file import ContactsFile
from models.imports.file_import import import_file
from models.imports.kinds import Cleaned, FileKind
from models.imports.progress import ReportProgress, Stage
from models.imports.report import FileReport
from models.imports.rules import ImportRules

_WORTH_A_BAR = 1.0  # seconds

C = TypeVar("C", bound=Cleaned)
R = TypeVar("R", bound=FileReport)
Kind = Callable[[datetime], FileKind[C, R]]
"""The kind of a file that is read at a moment of business time."""


def import_and_show(file: Path, *, organization: str, rules: ImportRules, as_json: bool) -> None:
    """Imports a file of contacts and prints what became of its rows. Raises as `run_import`."""
    report = run_import(file, partial(ContactsFile, rules), organization=organization)
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        show(report)


def run_import(file: Path, kind: Kind[C, R], *, organization: str) -> R:
    """Imports a file into the database of the settings or the running stack, at the business time that it goes by.

    Raises `TidingsError` when the file or the database cannot be used, with nothing imported; or it says how much.
    """
    try:
        with bar() as progress:
            return asyncio.run(_import(file, kind, organization=organization, progress=progress))
    except psycopg.Error as error:  # while rows are copied; SQLAlchemy is not there to wrap it
        raise DatabaseUnusable(
            f"The database broke off ({type(error).__name__}) and nothing was imported; "
            "see that it runs, and import the file again."
        ) from None


async def _import(file: Path, kind: Kind[C, R], *, organization: str, progress: ReportProgress) -> R:
    async with open_database(application="import") as (_, engine):
        return await import_file(engine, file, kind(utc_now()), organization=organization, progress=progress)


@contextmanager
def bar() -> Iterator[ReportProgress]:
    """A bar on stderr, shown from the first second on, when that is a terminal."""
    console = Console(stderr=True)
    started = time.monotonic()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task(Stage.READING, visible=False)

        def move(stage: Stage, done: int, total: int) -> None:
            late = time.monotonic() - started > _WORTH_A_BAR
            shown.update(task, completed=done, total=total, description=stage, visible=late, refresh=True)

        yield move
