"""Where a command writes: results to standard output, what people should know to standard error."""

import json
from typing import Any

import typer
from rich.console import Console


def print_json(shown: dict[str, Any]) -> None:
    """One JSON object on one line of standard output."""
    typer.echo(json.dumps(shown))


def results() -> Console:
    """For tables: texts are shown as they are, lines are not folded when nobody looks."""
    return Console(soft_wrap=True, markup=False, highlight=False)


def people() -> Console:
    """For progress and remarks, which never mix with results."""
    return Console(stderr=True, soft_wrap=True, markup=False, highlight=False)
