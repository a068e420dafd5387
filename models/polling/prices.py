"""What messages cost and how many segments they had, as Twilio tells it once it has billed them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.twilio_history import SentMessage

WINDOW = timedelta(hours=1)

_WRITE = text("""
    UPDATE messages m
    SET price = COALESCE(b.price, m.price), price_unit = COALESCE(b.price_unit, m.price_unit),
        segments = COALESCE(NULLIF(b.segments, 0), m.segments)
    FROM unnest(CAST(:sids AS text[]), CAST(:prices AS numeric[]), CAST(:units AS text[]),
                CAST(:segments AS smallint[])) AS b(sid, price, price_unit, segments)
    WHERE m.twilio_sid = b.sid AND m.account_sid = :account_sid AND m.direction = 'outbound'
        AND (m.price, m.price_unit, m.segments) IS DISTINCT FROM
            (COALESCE(b.price, m.price), COALESCE(b.price_unit, m.price_unit),
             COALESCE(NULLIF(b.segments, 0), m.segments))
""")

_BEGIN = text("""
    INSERT INTO price_checks (organization_id, complete_until)
    SELECT id, CAST(:ripe AS timestamptz) FROM organizations WHERE twilio_account_sid IS NOT NULL
    ON CONFLICT (organization_id) DO NOTHING
""")

_NEXT = text("""
    SELECT p.complete_until FROM price_checks p
    WHERE p.organization_id = :organization_id AND p.complete_until + :window <= :ripe
""")

_DONE = text("UPDATE price_checks SET complete_until = :until WHERE organization_id = :organization_id")


async def write_prices(connection: AsyncConnection, messages: Sequence[SentMessage], *, account_sid: str) -> int:
    """Keeps price and segments; returns how many messages that changed. What Twilio does not tell stays.

    A price is kept as Twilio says it: negative is what we pay.
    """
    values = {
        "account_sid": account_sid,
        "sids": [message.sid for message in messages],
        "prices": [message.price for message in messages],
        "units": [message.price_unit if message.price is not None else None for message in messages],
        "segments": [message.segments for message in messages],
    }
    return (await connection.execute(_WRITE, values)).rowcount


async def begin_price_checks(connection: AsyncConnection, *, ripe: datetime) -> None:
    """From now on prices are read; of messages sent before `ripe` they are not."""
    await connection.execute(_BEGIN, {"ripe": ripe})


async def next_window(
    connection: AsyncConnection, organization_id: UUID, *, ripe: datetime
) -> tuple[datetime, datetime] | None:
    """From when to when the messages were sent whose prices are read next; None until that is before `ripe`."""
    values = {"organization_id": organization_id, "window": WINDOW, "ripe": ripe}
    begin: datetime | None = (await connection.execute(_NEXT, values)).scalar_one_or_none()
    return (begin, begin + WINDOW) if begin is not None else None


async def finish_window(connection: AsyncConnection, organization_id: UUID, *, until: datetime) -> None:
    """Notes that the prices of a window were read."""
    await connection.execute(_DONE, {"organization_id": organization_id, "until": until})
