"""What is in review agrees with the open reviews, whatever came in the moment that one was opened or decided."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_MISSED = text("""
    UPDATE consents c SET in_review = true
    FROM consent_reviews r
    WHERE r.state = 'open' AND c.organization_id = r.organization_id AND c.phone = r.phone
        AND c.message_type = 'marketing' AND NOT c.in_review
""")

_LEFT = text("""
    UPDATE consents c SET in_review = false
    WHERE c.in_review AND NOT EXISTS (
        SELECT FROM consent_reviews r
        WHERE r.organization_id = c.organization_id AND r.phone = c.phone AND r.state = 'open')
""")


async def keep_in_step(connection: AsyncConnection, *, now: datetime) -> int:  # noqa: ARG001 (a step of the sweep)
    """Holds and releases consents that were not committed yet when their review was opened or ended; how many."""
    missed = (await connection.execute(_MISSED)).rowcount
    return int(missed + (await connection.execute(_LEFT)).rowcount)
