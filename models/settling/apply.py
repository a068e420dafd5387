"""Settles a batch of numbers in one transaction: rows locked, facts read, decisions written.

Nothing is concluded from what was read before the lock but Twilio's list itself; a row that got its SID by a
callback meanwhile is no longer doubtful and is left alone.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.twilio_history import SentMessage
from models.messages.secrets import BODY
from models.settling.addresses import ADDRESS, number_of
from models.settling.numbers import Doubt, Witness, essence, settle_number
from models.settling.rules import Decision
from models.settling.write import write_decisions

_LOCK = text(f"""
    SELECT m.id, {ADDRESS} AS phone, m.claim_id, m.attempt, COALESCE({BODY}, '') AS body, m.sensitive,
        jsonb_array_length(COALESCE(m.media, '[]')) AS media, m.claimed_at,
        m.claimed_at + make_interval(secs => :lease) AS deadline
    FROM messages m JOIN organizations o ON o.id = m.organization_id
    WHERE m.phone = ANY(:numbers) AND {ADDRESS} = ANY(:phones) AND m.state = 'unknown' AND m.twilio_sid IS NULL
        AND m.claimed_at IS NOT NULL AND o.twilio_account_sid = :account_sid
    ORDER BY m.id
    FOR UPDATE OF m
""")  # noqa: S608 (only the text above is put in)

_UNDER_WAY = text(f"""
    SELECT {ADDRESS} AS phone, {BODY} AS body, jsonb_array_length(COALESCE(m.media, '[]')) AS media,
        count(*) AS requests
    FROM messages m JOIN organizations o ON o.id = m.organization_id
    WHERE m.phone = ANY(:numbers) AND {ADDRESS} = ANY(:phones) AND m.state = 'claimed' AND m.body IS NOT NULL
        AND o.twilio_account_sid = :account_sid
    GROUP BY 1, 2, 3
""")  # noqa: S608 (only the text above is put in)

_OWNED = text("""
    SELECT twilio_sid FROM messages WHERE twilio_sid = ANY(:sids)
    UNION
    SELECT detail ->> 'twilio_sid' FROM incidents
    WHERE kind = 'second_sid' AND detail ->> 'twilio_sid' = ANY(:sids)
""")


@dataclass(frozen=True, slots=True)
class Listed:
    """What Twilio showed of one number, asked for at `asked_at` by the database's clock."""

    asked_at: datetime
    messages: Sequence[SentMessage]


@dataclass(frozen=True, slots=True)
class Terms:
    """Whose messages, how long a lease and the grace are, and business time."""

    account_sid: str
    lease: timedelta
    grace: timedelta
    now: datetime


async def settle_batch(connection: AsyncConnection, listed: Mapping[str, Listed], *, terms: Terms) -> Counter[str]:
    """Decides on every doubtful row of these numbers and writes it; returns how many of each verdict.

    The caller commits.
    """
    phones = sorted(listed)
    doubts = await _lock(connection, phones, terms=terms)
    # In this order: who is under way and records a SID between the two is then seen twice, never not at all.
    under_way = await _under_way(connection, phones, terms=terms)
    owned = await _owned(connection, [one.sid for number in listed.values() for one in number.messages])
    decisions: list[tuple[Doubt, Decision]] = []
    for phone, rows in doubts.items():
        witness = Witness(
            now=listed[phone].asked_at,
            grace=terms.grace,
            unowned=[one for one in listed[phone].messages if one.sid not in owned],
            under_way=under_way[phone],
        )
        found = settle_number(rows, witness)
        decisions += [(row, found[row.id]) for row in rows]
    return await write_decisions(connection, decisions, account_sid=terms.account_sid, now=terms.now)


async def _lock(connection: AsyncConnection, phones: Sequence[str], *, terms: Terms) -> dict[str, list[Doubt]]:
    numbers = [number_of(address) for address in phones]
    values = {
        "phones": phones,
        "numbers": numbers,
        "account_sid": terms.account_sid,
        "lease": terms.lease.total_seconds(),
    }
    doubts: dict[str, list[Doubt]] = defaultdict(list)
    for row in (await connection.execute(_LOCK, values)).mappings():
        doubts[row["phone"]].append(Doubt(**row))
    return doubts


async def _under_way(
    connection: AsyncConnection, phones: Sequence[str], *, terms: Terms
) -> dict[str, dict[str, int]]:
    """What else may still reach the account's list by itself."""
    bodies: dict[str, dict[str, int]] = defaultdict(dict)
    numbers = [number_of(address) for address in phones]
    values = {"phones": phones, "numbers": numbers, "account_sid": terms.account_sid}
    for row in await connection.execute(_UNDER_WAY, values):
        bodies[row.phone][essence(row.body, row.media)] = row.requests
    return bodies


async def _owned(connection: AsyncConnection, sids: Sequence[str]) -> set[str]:
    return set((await connection.execute(_OWNED, {"sids": list(sids)})).scalars()) if sids else set()
