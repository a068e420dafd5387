"""Days as people give them to commands."""

from datetime import date
from typing import Annotated

import typer

Day = Annotated[str, typer.Option(help="yesterday, today, tomorrow, or a date such as 2026-03-09.", metavar="DAY")]

_AHEAD = {"yesterday": -1, "today": 0, "tomorrow": 1}


def read_day(given: str) -> date | int:
    """A date, or how many days ahead. Raises `typer.BadParameter`."""
    word = given.strip().lower()
    if word in _AHEAD:
        return _AHEAD[word]
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise typer.BadParameter(
            f'"{given}" is no day; write yesterday, today, tomorrow or a date such as 2026-03-09.',
            param_hint="--day",
        ) from None
