"""The receiver's sign of life, by the database's clock: who reads it knows when webhooks may have been missed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

EVERY_SECONDS = 5.0
LONGEST_SECONDS = 15.0
"""Without a sign for longer, the receiver counts as away: that long Twilio repeats a call
(`messaging.callbacks.RETRIES`; twilio.com/docs/usage/webhooks/webhooks-connection-overrides)."""

_BEAT = text("""
    INSERT INTO receiver_beats AS last (id, beat_at, up_since) VALUES (1, clock_timestamp(), clock_timestamp())
    ON CONFLICT (id) DO UPDATE
    SET beat_at = clock_timestamp(),
        up_since = CASE WHEN last.beat_at + make_interval(secs => :longest) < clock_timestamp()
                        THEN clock_timestamp() ELSE last.up_since END
""")

_READ = text("""
    SELECT beat_at, up_since, beat_at + make_interval(secs => :longest) < clock_timestamp() AS is_away,
        EXTRACT(epoch FROM clock_timestamp() - up_since)::float8 AS seconds_up,
        EXTRACT(epoch FROM clock_timestamp() - beat_at)::float8 AS seconds_silent
    FROM receiver_beats WHERE id = 1
""")


@dataclass(frozen=True, slots=True)
class Receiver:
    """The receiver's last sign, since when it came without a break, and whether it is overdue now."""

    beat_at: datetime
    up_since: datetime
    is_away: bool
    seconds_up: float
    seconds_silent: float


async def beat(connection: AsyncConnection) -> None:
    """Says that the receiver can take webhooks now; several that stand in for each other count as one."""
    await connection.execute(_BEAT, {"longest": LONGEST_SECONDS})


async def read_receiver(connection: AsyncConnection) -> Receiver | None:
    """The receiver's state; None when none was ever there."""
    row = (await connection.execute(_READ, {"longest": LONGEST_SECONDS})).mappings().one_or_none()
    return Receiver(**row) if row else None
