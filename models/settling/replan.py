"""Plans again what was not sent: the same attempt, unless it was canceled or its time is over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_REPLAN = text("""
    UPDATE messages m
    SET state = CASE WHEN m.withdrawn OR r.state = 'canceled' THEN 'canceled'
                     WHEN m.send_before <= :now THEN 'expired' ELSE 'planned' END::message_state,
        claim_id = NULL, claimed_at = NULL, lease_until = NULL, body = CASE WHEN m.own_body THEN m.body END,
        tries = LEAST(m.tries + 1, 32767), updated_at = :now
    FROM messages same LEFT JOIN campaign_runs r ON r.id = same.campaign_run_id
    WHERE m.id = ANY(:ids) AND same.id = m.id AND m.state = 'unknown' AND m.twilio_sid IS NULL
    RETURNING m.campaign_run_id, m.state
""")

_REOPEN = text("""
    UPDATE campaign_runs SET state = 'sending', finished_at = NULL WHERE id = ANY(:run_ids) AND state = 'finished'
""")


async def replan(connection: AsyncConnection, ids: Sequence[int], *, now: datetime) -> int:
    """Plans these `unknown` rows again, in this transaction, and returns how many may be sent again.

    `now` is business time. A run that was finished goes on for them.
    """
    rows = (await connection.execute(_REPLAN, {"ids": list(ids), "now": now})).all()
    planned = [row for row in rows if row.state == "planned"]
    run_ids = sorted({row.campaign_run_id for row in planned if row.campaign_run_id is not None})
    if run_ids:
        await connection.execute(_REOPEN, {"run_ids": run_ids})
    return len(planned)
