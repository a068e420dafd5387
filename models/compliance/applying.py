"""What follows from a sender's numbers, written onto the sender, where plan, claim and pacing read it."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.compliance.country_rules import refused_countries
from messaging.compliance.throughput import throughput_of_all
from models.compliance.store import numbers_of

_APPLY = text("""
    UPDATE senders
    SET throughput = :throughput, refused_countries = :refused_countries,
        asked_rate = COALESCE(asked_rate, rate), rate = LEAST(COALESCE(asked_rate, rate), :throughput)
    WHERE id = :sender_id
""")

_BUDGET = text(
    "UPDATE budgets b SET rate = s.rate FROM senders s WHERE s.id = :sender_id AND b.key = 'sender:' || s.id"
)

_WITH_NUMBERS = text("SELECT DISTINCT sender_id FROM sender_numbers ORDER BY sender_id")


async def apply_rules(connection: AsyncConnection, sender_id: UUID, *, live: bool) -> None:
    """Sets how fast a sender goes, and to which countries it may not send, by what is known of its numbers.

    It goes at the rate that a person asked for, but no faster than its numbers may. `live`: the account is a real
    one, where a registration that is known to be missing counts.
    """
    numbers = await numbers_of(connection, sender_id)
    throughput = throughput_of_all(numbers)
    values = {
        "sender_id": sender_id,
        "throughput": throughput.segments_per_second if throughput else None,
        "refused_countries": sorted(refused_countries(numbers, live=live)),
    }
    await connection.execute(_APPLY, values)
    await connection.execute(_BUDGET, values)


async def apply_all_rules(connection: AsyncConnection, *, live: bool) -> None:
    """The same for every sender of which anything is known: rules change with versions, accounts become real."""
    for sender_id in (await connection.execute(_WITH_NUMBERS)).scalars().all():
        await apply_rules(connection, sender_id, live=live)
