"""The tables into which a file of appointments is read: its rows, and every external id that it mentions."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from psycopg import AsyncConnection as PsycopgConnection
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.cleaning import CleanAppointments
from models.appointments.file_columns import StagedAppointment

BATCH = 5_000
"""Appointments in one transaction of saving."""

ROWS, MENTIONED = "staged_appointments", "mentioned_appointments"
_COLUMNS = ", ".join(StagedAppointment._fields)

_CREATE = (
    text(f"""
        CREATE TEMPORARY TABLE {ROWS} (
            line bigint NOT NULL, external_id text NOT NULL, phone text NOT NULL, first_name text, last_name text,
            country text, locale text, starts_at timestamptz NOT NULL, timezone text NOT NULL, kind text,
            place text, state text, attributes jsonb NOT NULL
        )
    """),
    text(f"CREATE TEMPORARY TABLE {MENTIONED} (external_id text NOT NULL)"),
)
_REPEATED = text(f"""
    DELETE FROM {ROWS} s
    USING (SELECT external_id, max(line) AS line FROM {ROWS} GROUP BY external_id HAVING count(*) > 1) last
    WHERE s.external_id = last.external_id AND s.line < last.line
""")  # noqa: S608 (only the text above is put in)
_INDEX = text(f"CREATE UNIQUE INDEX ON {ROWS} (external_id)")
_ANALYZE = text(f"ANALYZE {ROWS}")
_NEXT = text(f"SELECT * FROM {ROWS} WHERE external_id > :after ORDER BY external_id LIMIT {BATCH}")  # noqa: S608
_COUNT = text(f"SELECT count(*) FROM {ROWS}")  # noqa: S608 (see above)


async def create_staging(connection: AsyncConnection) -> None:
    """Makes the tables, which go with the connection."""
    for statement in _CREATE:
        await connection.execute(statement)


async def stage(connection: AsyncConnection, clean: CleanAppointments) -> None:
    """Copies a chunk into the tables."""
    await _copy(connection, f"COPY {ROWS} ({_COLUMNS}) FROM STDIN", clean.rows)
    await _copy(connection, f"COPY {MENTIONED} FROM STDIN", [(each,) for each in clean.mentioned])


async def drop_repeated(connection: AsyncConnection) -> int:
    """Keeps the last row of each external id; returns how many rows that took away."""
    repeated = (await connection.execute(_REPEATED)).rowcount
    await connection.execute(_INDEX)
    await connection.execute(_ANALYZE)
    return repeated


async def staged_count(connection: AsyncConnection) -> int:
    """How many appointments there are to save."""
    return int((await connection.execute(_COUNT)).scalar_one())


async def next_batch(connection: AsyncConnection, *, after: str) -> Sequence[dict[str, Any]]:
    """The appointments that follow an external id, at most `BATCH`."""
    return [dict(row) for row in (await connection.execute(_NEXT, {"after": after})).mappings()]


async def drop_staging(connection: AsyncConnection) -> None:
    """Gives their room free."""
    await connection.execute(text(f"DROP TABLE {ROWS}, {MENTIONED}"))


async def _copy(connection: AsyncConnection, statement: str, rows: Iterable[Sequence[object]]) -> None:
    driver = cast("PsycopgConnection", (await connection.get_raw_connection()).driver_connection)
    async with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            await copy.write_row(row)
