"""Who would be over a cap of the organization at a moment to come: for the plan and the preview, not yet exact.

What other campaigns send until then is not known, so the claim counts again. The caps of states are left to the
claim altogether: hardly anybody is written to so often.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.caps.counted import COUNTED
from models.messages.tables import SkipReason
from models.policy.caps_section import Caps

_OVER = f"""
    SELECT m.contact_id
    FROM unnest(CAST(:caps_messages AS int[]), CAST(:caps_hours AS float[])) AS c(messages, hours)
    JOIN messages m ON m.attempted_at > CAST(:at AS timestamptz) - make_interval(secs => c.hours * 3600)
    WHERE m.organization_id = :organization_id AND m.attempted_at > :since AND {COUNTED}
    GROUP BY m.contact_id, c.messages, c.hours
    HAVING count(*) >= c.messages
"""  # noqa: S608 (only the text above is put in)

_WHO = text(f"SELECT DISTINCT contact_id FROM ({_OVER}) over WHERE contact_id IS NOT NULL")  # noqa: S608 (see above)

_SKIP = text(f"""
    UPDATE messages m SET state = 'skipped', skip_reason = :reason
    FROM (SELECT DISTINCT contact_id FROM ({_OVER}) counted) over
    WHERE m.campaign_run_id = :run_id AND m.state = 'planned' AND m.send_after <= :at
        AND m.contact_id = over.contact_id
""")  # noqa: S608 (see above)
"""What waits for a later moment is left to its claim: it counts, and is counted, when it leaves."""


async def over_cap_at(
    connection: AsyncConnection, organization_id: UUID, caps: Caps, *, at: datetime
) -> frozenset[int]:
    """The contacts who, for all that has left by now, could not get another marketing message at this moment."""
    if not caps.marketing:
        return frozenset()
    found = await connection.execute(_WHO, {**_values(caps, at), "organization_id": organization_id})
    return frozenset(found.scalars())


async def skip_over_cap(
    connection: AsyncConnection, run_id: UUID, caps: Caps, *, organization_id: UUID, at: datetime
) -> int:
    """Skips those of a run just planned who are over a cap at the moment it begins; returns how many.

    Without a cap it costs nothing.
    """
    if not caps.marketing:
        return 0
    run = {"run_id": run_id, "organization_id": organization_id, "reason": SkipReason.FREQUENCY_CAP.value}
    return (await connection.execute(_SKIP, {**_values(caps, at), **run})).rowcount


def _values(caps: Caps, at: datetime) -> dict[str, Any]:
    return {
        "caps_messages": [cap.messages for cap in caps.marketing],
        "caps_hours": [cap.hours for cap in caps.marketing],
        "at": at,
        "since": at - max(cap.window for cap in caps.marketing),
    }
