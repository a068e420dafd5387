"""Closes what no claim will ever take: the rest of a run whose window is over, or that was canceled."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.campaigns.timeline import Actor, Event, What, note

_EXPIRE = text("""
    WITH expired AS (
        UPDATE messages m SET state = 'expired', updated_at = :now
        FROM campaign_runs r
        WHERE r.state IN ('sending', 'paused') AND r.send_before <= :now
            AND (CAST(:run_id AS uuid) IS NULL OR r.id = :run_id)
            AND m.campaign_run_id = r.id AND m.state = 'planned' AND m.send_before <= :now
        RETURNING m.campaign_run_id)
    SELECT campaign_run_id AS run_id, count(*) AS messages FROM expired GROUP BY 1
""")

_EXPIRE_DIRECT = text("""
    UPDATE messages m SET state = 'expired', updated_at = :now
    FROM campaign_runs r JOIN campaigns c ON c.id = r.campaign_id
    WHERE c.standing AND m.campaign_run_id = r.id AND m.state = 'planned' AND m.send_before <= :now
        AND (CAST(:run_id AS uuid) IS NULL OR r.id = :run_id)
""")
"""Direct messages whose sender was paused or retired; of one that is at work, the claim closes them."""

_CANCEL = text("""
    UPDATE messages m SET state = 'canceled', updated_at = :now
    FROM campaign_runs r
    WHERE r.state = 'canceled' AND m.campaign_run_id = r.id AND m.state = 'planned'
""")
"""A claim that was given back, or a message found never to have been sent, after its run was canceled."""

_FINISH = text("""
    UPDATE campaign_runs r SET state = 'finished', state_reason = NULL, finished_at = :now
    WHERE r.id = ANY(:run_ids) AND r.state IN ('sending', 'paused')
        AND NOT EXISTS (
            SELECT FROM messages m WHERE m.campaign_run_id = r.id AND m.state IN ('planned', 'claimed'))
    RETURNING r.id
""")

_WHY = "its time to be sent was over"


async def expire_overdue(connection: AsyncConnection, *, now: datetime, run_id: UUID | None = None) -> int:
    """Closes the planned rest of every run, or of one, that may not leave any more, and finishes those runs.

    Returns the number of messages closed. Single messages that are late earlier are closed by their claim.
    """
    expired = (await connection.execute(_EXPIRE, {"now": now, "run_id": run_id})).all()
    for run in expired:
        event = Event(What.EXPIRED, Actor.SYSTEM, at=now, why=_WHY, detail={"messages": run.messages})
        await note(connection, run.run_id, event)
    finished = await connection.execute(_FINISH, {"now": now, "run_ids": [run.run_id for run in expired]})
    for id_ in finished.scalars().all():
        await note(connection, id_, Event(What.FINISHED, Actor.SYSTEM, at=now))
    direct = (await connection.execute(_EXPIRE_DIRECT, {"now": now, "run_id": run_id})).rowcount
    canceled = (await connection.execute(_CANCEL, {"now": now})).rowcount
    closed: int = sum(run.messages for run in expired) + direct + canceled
    return closed
