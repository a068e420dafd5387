"""The table into which a file is read: filled chunk by chunk, then one row for each phone number."""

from collections.abc import Iterable
from typing import cast

from psycopg import AsyncConnection as PsycopgConnection
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.imports.staged_row import StagedRow

ROWS = "staged_rows"
"""Seen by one connection only: `StagedRow` as columns."""

_CREATE = text(f"""
    CREATE TEMPORARY TABLE {ROWS} (
        line bigint NOT NULL, phone text NOT NULL, first_name text, last_name text, email text,
        country text, locale text, timezone text, postcode text, region text,
        tags text[] NOT NULL, attributes jsonb NOT NULL,
        answer text, answered_at timestamptz, source text, evidence jsonb
    )
""")

_COPY = f"COPY {ROWS} ({', '.join(StagedRow._fields)}) FROM STDIN"


def _last(column: str) -> str:
    return f"(array_agg({column} ORDER BY line DESC) FILTER (WHERE {column} IS NOT NULL))[1]"


# The answer that counts is the last no, or the last yes where nobody said no; its evidence stays with it.
_DECIDING = (
    "(array_agg({column} ORDER BY answer = 'opted_out' DESC, line DESC) FILTER (WHERE answer IS NOT NULL))[1]"
)
_MERGE = text(f"""
    WITH repeated AS (
        SELECT phone FROM {ROWS} GROUP BY phone HAVING count(*) > 1
    ),
    taken AS (
        DELETE FROM {ROWS} s USING repeated r WHERE s.phone = r.phone RETURNING s.*
    ),
    named AS (
        SELECT phone, jsonb_object_agg(key, value ORDER BY line) AS attributes
        FROM taken, jsonb_each(attributes) GROUP BY phone
    ),
    tagged AS (
        SELECT phone, array_agg(DISTINCT tag) AS tags FROM taken, unnest(tags) AS tag GROUP BY phone
    ),
    fields AS (
        SELECT phone, COALESCE({_DECIDING.format(column="line")}, max(line)) AS line,
            {_last("first_name")} AS first_name, {_last("last_name")} AS last_name, {_last("email")} AS email,
            {_last("country")} AS country, {_last("locale")} AS locale, {_last("timezone")} AS timezone,
            {_last("postcode")} AS postcode, {_last("region")} AS region,
            {_DECIDING.format(column="answer")} AS answer, {_DECIDING.format(column="answered_at")} AS answered_at,
            {_DECIDING.format(column="source")} AS source, {_DECIDING.format(column="evidence")} AS evidence
        FROM taken GROUP BY phone
    ),
    merged AS (
        INSERT INTO {ROWS} ({", ".join(StagedRow._fields)})
        SELECT line, phone, first_name, last_name, email, country, locale, timezone, postcode, region,
            COALESCE(tags, '{{}}'), COALESCE(attributes, '{{}}'), answer, answered_at, source, evidence
        FROM fields LEFT JOIN tagged USING (phone) LEFT JOIN named USING (phone)
    )
    SELECT (SELECT count(*) FROM taken) - (SELECT count(*) FROM repeated)
""")  # noqa: S608 (only the text above is put in)

_ANALYZE = text(f"ANALYZE {ROWS}")


async def create_staging(connection: AsyncConnection) -> None:
    """Makes the table, which goes with the connection."""
    await connection.execute(_CREATE)


async def stage(connection: AsyncConnection, rows: Iterable[StagedRow]) -> None:
    """Copies rows into the table."""
    driver = cast("PsycopgConnection", (await connection.get_raw_connection()).driver_connection)
    async with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            await copy.write_row(row)


async def merge_repeated(connection: AsyncConnection) -> int:
    """Makes one row of all that share a phone number; returns how many rows that took away.

    The last value that is not blank wins, tags are united, and a no to marketing outweighs every yes.
    """
    await connection.execute(_ANALYZE)
    return int((await connection.execute(_MERGE)).scalar_one())


async def drop_staging(connection: AsyncConnection) -> None:
    """Gives its room free."""
    await connection.execute(text(f"DROP TABLE {ROWS}"))
