"""Messages that Twilio took and never reported the end of, and when each is looked up.

They are few among millions, and all belong to a run: the index `ix_messages_run`, of runs and states, finds them.
An index of their own would cost every message of every campaign four entries.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.statuses import ORDER, TWILIO_STATUSES, MessageState

GROWTH = (1.0, 4.0, 24.0)
"""A message is looked up after the first wait, after four and after 24 times as long; then it is left as it is."""
_OPEN = sorted(state.value for state in TWILIO_STATUSES if ORDER[state] < ORDER[MessageState.CANCELED])

_ORGANIZATIONS = text("SELECT id FROM organizations WHERE twilio_account_sid IS NOT NULL ORDER BY slug")

_DUE = text("""
    SELECT m.id, m.twilio_sid, w.over AS looks
    FROM campaign_runs r JOIN messages m ON m.campaign_run_id = r.id
        LEFT JOIN status_polls p ON p.message_id = m.id
        CROSS JOIN LATERAL (
            SELECT count(*) AS over FROM unnest(CAST(:waits AS float8[])) AS wait
            WHERE GREATEST(m.claimed_at, m.send_at_twilio) + make_interval(secs => wait) <= clock_timestamp()) AS w
    WHERE r.organization_id = :organization_id
        AND (r.finished_at IS NULL OR r.finished_at > clock_timestamp() - make_interval(secs => :longest))
        AND m.state = ANY(CAST(:open AS message_state[])) AND m.twilio_sid IS NOT NULL
        AND GREATEST(m.claimed_at, m.send_at_twilio) > clock_timestamp() - make_interval(secs => :longest)
        AND w.over > COALESCE(p.looks, 0) AND m.id > :after
    ORDER BY m.id LIMIT :most
""")

_LOOKED = text("""
    INSERT INTO status_polls (message_id, looks, looked_at)
    SELECT l.id, l.looks, clock_timestamp()
    FROM unnest(CAST(:ids AS bigint[]), CAST(:looks AS smallint[])) AS l(id, looks)
    ON CONFLICT (message_id) DO UPDATE SET looks = EXCLUDED.looks, looked_at = EXCLUDED.looked_at
""")


@dataclass(frozen=True, slots=True)
class Overdue:
    """A message whose end is overdue; `looks`: how many of its times have come."""

    id: int
    twilio_sid: str
    looks: int


async def organizations_with_account(connection: AsyncConnection) -> Sequence[UUID]:
    """Those whose messages can be looked up."""
    return (await connection.execute(_ORGANIZATIONS)).scalars().all()


async def overdue_messages(
    connection: AsyncConnection, organization_id: UUID, *, first_wait: float, after: int, most: int
) -> Sequence[Overdue]:
    """The next messages to look up, by id; `first_wait`: seconds from the claim to the first look.

    None is looked up after twice the time of the last look. What Twilio keeps until a later time counts from then.
    """
    values = {
        "organization_id": organization_id,
        "waits": [first_wait * factor for factor in GROWTH],
        "longest": 2 * first_wait * GROWTH[-1],
        "open": _OPEN,
        "after": after,
        "most": most,
    }
    return [Overdue(**row) for row in (await connection.execute(_DUE, values)).mappings()]


async def mark_looked_up(connection: AsyncConnection, messages: Sequence[Overdue]) -> None:
    """Notes that these were looked up, whatever was found."""
    values = {"ids": [each.id for each in messages], "looks": [each.looks for each in messages]}
    await connection.execute(_LOOKED, values)
