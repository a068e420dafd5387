"""Gives committed events their place in the stream, so that a reader who goes by position misses none.

Identity values do not show the order of commits: 7 may be committed before 6, and a reader who goes by them skips
6 for good. Two remedies were compared.

- Every row has its transaction's id, and a reader takes only rows below `pg_snapshot_xmin(pg_current_snapshot())`.
  No further write, but any open transaction that has written anything, here or in another database of the server,
  holds back all events behind it: a plan of a million rows, an import, a report of someone else.
- A publisher, one at a time, numbers what is committed (used here). A second write for each event, but an event
  waits for its own transaction only. A position is visible only after all smaller ones, because each publisher
  draws its numbers after the one before has committed.

Nobody has to be told by `NOTIFY`, which would make every transaction that notes an event wait for one lock at its
commit; publishers look a few times a second.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

MOST = 5_000
"""Events in one transaction; it takes some 100 ms."""

_LOCK = 5_223_390_117_101
"""Any fixed number: PostgreSQL's advisory lock of whoever publishes."""

_ANY = text("SELECT EXISTS (SELECT FROM events WHERE position IS NULL)")

_TAKE_TURN = text("""
    SELECT pg_try_advisory_xact_lock(:lock), set_config('idle_in_transaction_session_timeout', '5s', true)
""")
"""A publisher whose process is frozen loses its turn, and with it the lock, after 5 s."""

_NUMBER = text("""
    UPDATE events e SET position = numbered.position
    FROM (
        SELECT id, nextval('event_positions') AS position
        FROM (SELECT id FROM events WHERE position IS NULL ORDER BY id LIMIT :most) AS waiting
    ) AS numbered
    WHERE e.id = numbered.id
""")


async def publish(engine: AsyncEngine, *, most: int = MOST) -> int:
    """Numbers what has been committed, oldest first; returns how many, 0 when another process is at it."""
    async with engine.connect() as connection:
        if not (await connection.execute(_ANY)).scalar_one():
            return 0
        await connection.rollback()
        async with connection.begin():
            if not (await connection.execute(_TAKE_TURN, {"lock": _LOCK})).scalar_one():
                return 0
            return (await connection.execute(_NUMBER, {"most": most})).rowcount
