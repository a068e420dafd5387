"""How the messages of each run ended lately, for all organizations at once, by indexes only.

A message counts by when it ended, so late deliveries of a finished run are watched for a day too. An opt-out
counts for the run of the last message that its person got.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.alert_rules import Ended
from models.alerts.rules import AlertRules

_RUNS = """
    SELECT r.id AS run_id, r.sender_id, r.organization_id, c.standing, c.alerts AS own,
        CAST(:now AS timestamptz) - make_interval(secs => COALESCE(
            60 * CAST(c.alerts->>'window_minutes' AS float8), o.seconds, :window_seconds)) AS since
    FROM campaign_runs r JOIN campaigns c ON c.id = r.campaign_id
    LEFT JOIN unnest(CAST(:owners AS uuid[]), CAST(:windows AS float8[])) AS o(organization_id, seconds)
        ON o.organization_id = r.organization_id
    WHERE r.finished_at IS NULL OR r.finished_at > CAST(:now AS timestamptz) - interval '1 day'
"""

_ENDED = text(f"""
    WITH runs AS MATERIALIZED ({_RUNS}),
    opt_outs AS (
        SELECT r.run_id, count(DISTINCT o.phone) AS people
        FROM (SELECT DISTINCT organization_id, phone, recorded_at FROM consent_events
              WHERE state_after = 'opted_out' AND state_before <> 'opted_out'
                  AND recorded_at >= (SELECT min(since) FROM runs)) o
        JOIN contacts p ON p.organization_id = o.organization_id AND p.phone = o.phone
        JOIN LATERAL (
            SELECT campaign_run_id, updated_at FROM messages m
            WHERE m.contact_id = p.id AND m.direction = 'outbound' AND m.twilio_sid IS NOT NULL
                AND m.created_at <= o.recorded_at
            ORDER BY m.id DESC LIMIT 1) m ON true
        JOIN runs r ON r.run_id = m.campaign_run_id AND m.updated_at >= r.since
        GROUP BY r.run_id
    )
    SELECT r.run_id, r.sender_id, r.organization_id, r.standing, r.own,
        e.total, e.failures, LEAST(COALESCE(o.people, 0), e.total) AS opt_outs
    FROM runs r
    CROSS JOIN LATERAL (
        SELECT count(*) AS total, count(*) FILTER (WHERE m.state IN ('undelivered', 'failed')) AS failures
        FROM messages m
        WHERE m.campaign_run_id = r.run_id AND m.updated_at >= r.since
            AND m.state IN ('delivered', 'read', 'undelivered', 'failed')) e
    LEFT JOIN opt_outs o ON o.run_id = r.run_id
    WHERE e.total > 0
""")  # noqa: S608 (only the text above is put in)


@dataclass(frozen=True, slots=True)
class RunEnds:
    """How messages of one run ended within its window; `own` is what its campaign's file says of alerts.

    A `standing` run holds messages of no campaign; those count for their sender only.
    """

    run_id: UUID
    sender_id: UUID
    organization_id: UUID
    standing: bool
    own: dict[str, Any]
    ended: Ended


async def count_ends(connection: AsyncConnection, rules: AlertRules, *, now: datetime) -> Sequence[RunEnds]:
    """Every run of which a message ended within its window; `now` is business time."""
    windows = {
        "window_seconds": rules.usual.window_seconds,
        "owners": list(rules.own),
        "windows": [rule.window_seconds for rule in rules.own.values()],
    }
    rows = await connection.execute(_ENDED, {"now": now, **windows})
    return [
        RunEnds(
            row.run_id,
            row.sender_id,
            row.organization_id,
            row.standing,
            row.own,
            Ended(row.total, row.failures, row.opt_outs),
        )
        for row in rows
    ]
