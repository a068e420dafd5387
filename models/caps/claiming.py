"""Who of those just claimed is over a cap: counted with their contacts locked, so that two claims never add up.

A message counts from the business time of its claim while it is on its way, of an unknown end, or with the
carrier. What failed before a carrier took it does not count, and one that was given back counts when it leaves.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.caps.cap import Asked, over_caps
from models.caps.counted import COUNTED
from models.caps.rules import caps_of
from models.policy.caps_section import Caps
from models.senders import MessageType

_LOCK = text("""
    SELECT id FROM contacts WHERE id = ANY(CAST(:people AS bigint[])) ORDER BY phone FOR NO KEY UPDATE
""")
"""Locked in the order of numbers, as everyone who locks several contacts does (`models.imports.merging`)."""

_LEFT = text(f"""
    SELECT m.contact_id, w.hours, count(*) AS messages
    FROM messages m
    JOIN unnest(CAST(:windows AS float[])) AS w(hours)
        ON m.attempted_at > CAST(:now AS timestamptz) - make_interval(secs => w.hours * 3600)
    WHERE m.contact_id = ANY(CAST(:people AS bigint[])) AND m.attempted_at > :since AND {COUNTED}
    GROUP BY m.contact_id, w.hours
""")  # noqa: S608 (only the text above is put in)
"""A statement of its own, after the lock: it sees what whoever held the lock before has committed.

The block ranges of `attempted_at` spare it what is older than the window: measured, 20 ms for 500 people of whom
each has had 150 messages.
"""


async def over_cap(
    connection: AsyncConnection,
    rows: Iterable[RowMapping],
    caps: Caps,
    *,
    now: datetime,
) -> dict[int, str]:
    """The messages that are over a cap of the organization or of a region, with their skip reasons.

    `rows` are locked rows of messages that may leave otherwise, with id, contact_id, message_type and what tells
    the person's place, in the order in which they leave; `now` is business time. Where no cap holds, nothing is
    asked and nothing locked; else the contacts stay locked until the transaction ends.
    """
    asked = [one for one in (_asked(row, caps) for row in rows) if one.caps]
    if not asked:
        return {}
    people = sorted({one.person for one in asked})
    windows = sorted({cap.hours for one in asked for cap in one.caps})
    await connection.execute(_LOCK, {"people": people})
    return over_caps(asked, left=await _left(connection, people, windows, now=now))


def _asked(row: RowMapping, caps: Caps) -> Asked:
    capped = row["message_type"] == MessageType.MARKETING and row["contact_id"] is not None
    return Asked(row["id"], row["contact_id"], caps_of(row, caps) if capped else ())


async def _left(
    connection: AsyncConnection, people: Sequence[int], windows: Sequence[float], *, now: datetime
) -> dict[tuple[int, float], int]:
    values = {"people": people, "windows": windows, "now": now, "since": now - timedelta(hours=windows[-1])}
    rows = await connection.execute(_LEFT, values)
    return {(row.contact_id, row.hours): row.messages for row in rows}
