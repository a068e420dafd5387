"""Takes back the messages of reminders that nobody wants sent any more."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_WITHDRAW = text("""
    UPDATE messages m
    SET withdrawn = true, updated_at = :now,
        state = CASE WHEN m.state = 'planned' THEN 'canceled' ELSE m.state END
    WHERE m.id = ANY(ARRAY(
        SELECT w.id FROM messages w
        WHERE w.id = ANY(CAST(:ids AS bigint[])) AND NOT w.withdrawn
            AND w.state IN ('planned', 'claimed', 'unknown', 'scheduled')
            AND (w.state <> 'scheduled' OR w.send_at_twilio > :now)
        ORDER BY w.id
        FOR UPDATE))
""")
"""Locked in the order of their ids, as whoever records what became of them does."""


async def withdraw(connection: AsyncConnection, message_ids: Collection[int], *, now: datetime) -> None:
    """Takes these messages back in the caller's transaction; again, it changes nothing.

    One that is `planned` is canceled at once. One that is `claimed` is stopped by the gate if its request has not
    begun; one that is `unknown` is still found out about, and never planned again. One that Twilio keeps for later
    (`scheduled`) is canceled there by the reminders flow. What has left stays as it is, and so does what Twilio
    was to send by now, whether it reported that or not.
    """
    if message_ids:
        await connection.execute(_WITHDRAW, {"ids": sorted(message_ids), "now": now})
