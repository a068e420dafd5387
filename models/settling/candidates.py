"""Finds whose answer was lost: set-wise, number by number, in an order that a pass can go through."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.settling.addresses import ADDRESS

MARGIN_SECONDS = 1.0
"""Past a lease before it counts as lost: its holder stops by its own clock before the lease ends."""

_LOSE = text("""
    UPDATE messages SET state = 'unknown', lease_until = NULL, updated_at = :now
    WHERE id = ANY(ARRAY(
        SELECT id FROM messages
        WHERE state = 'claimed' AND lease_until < clock_timestamp() - make_interval(secs => :margin)
        ORDER BY id FOR UPDATE SKIP LOCKED))
""")

_IN_DOUBT = text("""
    SELECT DISTINCT organization_id FROM messages
    WHERE state = 'unknown' AND twilio_sid IS NULL AND claimed_at IS NOT NULL
    ORDER BY organization_id
""")

_NUMBERS = text(f"""
    SELECT {ADDRESS} AS phone, min(m.claimed_at) AS since, clock_timestamp() AS asked_at
    FROM messages m
    JOIN organizations o ON o.id = m.organization_id
    LEFT JOIN settlements s ON s.message_id = m.id AND s.claim_id = m.claim_id
    WHERE m.state = 'unknown' AND m.twilio_sid IS NULL AND m.claimed_at IS NOT NULL
        AND o.twilio_account_sid = :account_sid AND {ADDRESS} > :after
    GROUP BY 1
    HAVING bool_or(s.look_again_at IS NULL OR s.look_again_at <= clock_timestamp())
    ORDER BY 1
    LIMIT :most
""")  # noqa: S608 (only the text above is put in)


@dataclass(frozen=True, slots=True)
class DoubtfulNumber:
    """An address to ask Twilio about, on WhatsApp with its prefix.

    `since`: its oldest doubtful claim; `asked_at` is before the question.
    """

    phone: str
    since: datetime
    asked_at: datetime


async def lose_expired_claims(connection: AsyncConnection, *, now: datetime) -> int:
    """Makes claims whose lease is over `unknown`: their request may have been made; returns how many.

    From then on their holder may not send them any more (the gate finds them lost).
    """
    return (await connection.execute(_LOSE, {"margin": MARGIN_SECONDS, "now": now})).rowcount


async def organizations_in_doubt(connection: AsyncConnection) -> Sequence[UUID]:
    """Those with a message whose answer was lost: each has an account of its own to ask."""
    return (await connection.execute(_IN_DOUBT)).scalars().all()


async def doubtful_numbers(
    connection: AsyncConnection, *, account_sid: str, after: str, most: int
) -> Sequence[DoubtfulNumber]:
    """The next numbers of an account, in their order behind `after`, that have a message to look for now."""
    values = {"account_sid": account_sid, "after": after, "most": most}
    rows = (await connection.execute(_NUMBERS, values)).mappings()
    return [DoubtfulNumber(**row) for row in rows]
