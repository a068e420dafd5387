"""Which runs someone is working on now, and which are left lying: by a lease that working flow runs renew.

Prefect cannot tell: a flow run whose process was killed stays `Running` there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_TEND = text("""
    UPDATE campaign_runs SET tended_until = clock_timestamp() + make_interval(secs => :seconds) WHERE id = :run_id
""")

_UNTENDED = "(r.tended_until IS NULL OR r.tended_until < clock_timestamp())"

_LEFT_LYING = text(f"""
    SELECT r.id, r.campaign_id, r.occurrence, r.planned_at IS NOT NULL AS is_planned
    FROM campaign_runs r JOIN campaigns c ON c.id = r.campaign_id JOIN senders s ON s.id = r.sender_id
    WHERE {_UNTENDED} AND NOT c.standing AND s.state = 'active' AND CASE
        WHEN r.state = 'sending' THEN EXISTS (
            SELECT FROM messages m
            WHERE m.campaign_run_id = r.id AND m.state = 'planned' AND m.send_after <= :now
                AND NOT EXISTS (
                    SELECT FROM country_pauses p WHERE p.sender_id = m.sender_id AND p.country = m.country))
            AND NOT EXISTS (
                SELECT FROM budgets b WHERE b.key = 'sender:' || s.id AND b.closed_until > clock_timestamp())
        WHEN r.state IN ('scheduled', 'planning')
            THEN GREATEST(r.created_at, c.send_at) + make_interval(secs => :patience) <= :now
        ELSE false END
    ORDER BY r.created_at
""")  # noqa: S608 (only the text above is put in)

_WORKED_OFF = text(f"""
    SELECT r.id FROM campaign_runs r JOIN campaigns c ON c.id = r.campaign_id
    WHERE NOT c.standing AND r.state = 'sending' AND r.planned_at IS NOT NULL AND {_UNTENDED}
        AND NOT EXISTS (
            SELECT FROM messages m WHERE m.campaign_run_id = r.id AND m.state IN ('planned', 'claimed'))
    ORDER BY r.created_at
""")  # noqa: S608 (only the text above is put in)


@dataclass(frozen=True, slots=True)
class LeftLying:
    """A run that nobody works on and that has something to do now; not planned yet, or planned and due."""

    id: UUID
    campaign_id: UUID
    occurrence: str
    is_planned: bool


async def tend(connection: AsyncConnection, run_id: UUID, *, seconds: float) -> None:
    """Says that someone works on the run, and will have said so again within these seconds."""
    await connection.execute(_TEND, {"run_id": run_id, "seconds": seconds})


async def left_lying(connection: AsyncConnection, *, now: datetime, patience: float) -> Sequence[LeftLying]:
    """Runs that nobody works on though something of them is due at business time `now`.

    One that was never planned counts `patience` seconds after its start. Paused and canceled runs, senders and
    countries do not count, nor what waits for a sender that Twilio told to wait.
    """
    rows = await connection.execute(_LEFT_LYING, {"now": now, "patience": patience})
    return [LeftLying(**row) for row in rows.mappings()]


async def worked_off(connection: AsyncConnection) -> Sequence[UUID]:
    """Runs in state `sending` that nobody works on and of which nothing is planned or claimed any more."""
    return (await connection.execute(_WORKED_OFF)).scalars().all()
