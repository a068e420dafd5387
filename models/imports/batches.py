"""What was read of a file, in the order of its saving, and the batch of it that is being saved."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.imports.staged_row import StagedRow
from models.imports.staging import ROWS

BATCH = "staged_contacts"
"""The batch at hand: one row for each phone number, `StagedRow` as columns."""

_ORDERED = "staged_in_order"
PAGES = 64
"""Pages of 8 KiB in a batch: some 3,000 rows as shops export them, and fewer the more there is in a row."""

# Every no is saved before the first yes: an import that breaks off has lost none, and a campaign that is planned
# meanwhile meets them all. Then by numbers, so that a batch's entries in the indexes lie side by side.
_ORDER = text(f"""
    CREATE TEMPORARY TABLE {_ORDERED} AS
    SELECT * FROM {ROWS} ORDER BY answer IS NOT DISTINCT FROM 'opted_out' DESC, phone
""")  # noqa: S608 (only the text above is put in)
_EMPTY = text(f"CREATE TEMPORARY TABLE {BATCH} (LIKE {_ORDERED}, PRIMARY KEY (phone))")
_SIZE = text(f"""
    SELECT pg_relation_size('{_ORDERED}') / current_setting('block_size')::bigint AS pages,
        (SELECT count(*) FROM {_ORDERED}) AS contacts
""")  # noqa: S608 (see above)

_CLEAR = text(f"TRUNCATE {BATCH}")
_TAKE = text(f"""
    INSERT INTO {BATCH} ({", ".join(StagedRow._fields)})
    SELECT {", ".join(StagedRow._fields)} FROM {_ORDERED}
    WHERE ctid >= CAST(:first AS tid) AND ctid < CAST(:next AS tid)
""")  # noqa: S608 (see above)


async def put_in_order(connection: AsyncConnection) -> tuple[list[int], int]:
    """Orders what was staged; returns the first page of each batch, and how many contacts there are in all."""
    await connection.execute(_ORDER)
    await connection.execute(_EMPTY)
    size = (await connection.execute(_SIZE)).one()
    return list(range(0, size.pages, PAGES)), int(size.contacts)


async def take_batch(connection: AsyncConnection, first: int) -> int:
    """Puts the contacts of the batch that begins on this page in the place of those before; returns how many."""
    await connection.execute(_CLEAR)
    pages = {"first": f"({first},0)", "next": f"({first + PAGES},0)"}
    return (await connection.execute(_TAKE, pages)).rowcount


async def drop_batches(connection: AsyncConnection) -> None:
    """Lets the connection go on to another file."""
    await connection.execute(text(f"DROP TABLE {_ORDERED}, {BATCH}"))
