"""Times as people write them."""

from datetime import UTC, datetime, timedelta

import pytest
import typer

from cli.moments import read_moment

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        ("2h", NOW - timedelta(hours=2)),
        (" 90 S ", NOW - timedelta(seconds=90)),
        ("1.5d", NOW - timedelta(days=1.5)),
        ("2w", NOW - timedelta(weeks=2)),
        ("0m", NOW),
        ("2026-03-02", NOW.replace(hour=0)),
        ("2026-03-02T14:30", NOW.replace(hour=14, minute=30)),
        ("2026-03-02T15:30+01:00", NOW.replace(hour=14, minute=30)),
        ("2026-03-02T14:30:00Z", NOW.replace(hour=14, minute=30)),
    ],
)
def test_a_time_or_how_long_ago(given: str, moment: datetime) -> None:
    assert read_moment(given, now=NOW) == moment


@pytest.mark.parametrize("given", ["", "h", "-2h", "2 y", "yesterday", "2026-13-01", "999999w", "2h ago"])
def test_anything_else_is_refused(given: str) -> None:
    with pytest.raises(typer.BadParameter, match="is no time; write it as"):
        read_moment(given, now=NOW)


def test_a_time_to_come_is_refused() -> None:
    with pytest.raises(typer.BadParameter, match="still to come"):
        read_moment("2026-03-02T15:01Z", now=NOW)
