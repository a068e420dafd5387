"""What the figures were taken on, without a name or a path of it."""

import os
import platform
from datetime import UTC, datetime

import psutil
import psycopg


def describe(database_url: str) -> str:
    """One line: cores, memory, versions; the figures of two machines cannot be compared, the ratios can."""
    with psycopg.connect(database_url) as connection:
        version = connection.execute("SHOW server_version").fetchone()
    assert version is not None  # noqa: S101  # SHOW always gives a row
    gibibytes = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {gibibytes:.0f} GiB of memory, {platform.system()}, "
        f"Python {platform.python_version()}, PostgreSQL {version[0].split()[0]} as `tidings up` runs it"
    )


def moment() -> str:
    """The time now and how busy the machine is with everything that runs on it."""
    load = os.getloadavg()[0]
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load {load:.1f}"
