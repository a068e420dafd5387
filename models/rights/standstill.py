"""Before a person's rows lose the person: what was to be sent is canceled, what is being sent comes to its end.

A request under way is waited for: its answer is still recorded. What Twilio keeps for later is taken back. A lost
answer is given up, for to find the message at Twilio takes its number and text; the row can then never be sent
again.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.settling.candidates import MARGIN_SECONDS

_CONTACT = text("SELECT id FROM contacts WHERE organization_id = :organization_id AND phone = :phone")

_CANCEL = text("""
    UPDATE messages SET state = 'canceled', updated_at = :now WHERE contact_id = :contact_id AND state = 'planned'
""")

_TAKE_BACK = text("""
    UPDATE messages SET withdrawn = true, skip_reason = 'opted_out', updated_at = :now
    WHERE contact_id = :contact_id AND state IN ('claimed', 'unknown', 'scheduled') AND NOT withdrawn
        AND send_at_twilio > :now
""")
"""Twilio still has to be asked to cancel it (`tasks.scheduled_at_twilio`)."""

_GIVE_UP = text("""
    UPDATE messages SET state = 'failed', failed_at = 'request', lease_until = NULL, updated_at = :now
    WHERE contact_id = :contact_id AND (state = 'unknown'
        OR (state = 'claimed' AND lease_until < clock_timestamp() - make_interval(secs => :margin)))
        AND COALESCE(send_at_twilio <= :now, true)
""")
"""Not what Twilio may have to send yet: that has to be found, and canceled there."""

_UNDER_WAY = text("""
    SELECT count(*) FROM messages
    WHERE contact_id = :contact_id AND (state IN ('planned', 'claimed', 'unknown')
        OR (state = 'scheduled' AND send_at_twilio > :now))
""")


_UNSETTLED = text("""
    SELECT EXISTS (
        SELECT FROM messages
        WHERE contact_id = :contact_id AND state IN ('claimed', 'unknown') AND send_at_twilio > :now)
""")


async def contact_of(connection: AsyncConnection, organization_id: UUID, phone: str) -> int | None:
    """The id of the organization's contact with this number."""
    asked = {"organization_id": organization_id, "phone": phone}
    found: int | None = (await connection.execute(_CONTACT, asked)).scalar_one_or_none()
    return found


async def awaits_settling(connection: AsyncConnection, contact_id: int, *, now: datetime) -> bool:
    """Whether it is unknown of a message to the person whether Twilio keeps it for later."""
    found = await connection.execute(_UNSETTLED, {"contact_id": contact_id, "now": now})
    return bool(found.scalar_one())


async def bring_to_a_stand(connection: AsyncConnection, contact_id: int, *, now: datetime) -> int:
    """Closes what can be closed; returns how many messages are still being requested, or kept by Twilio."""
    values = {"contact_id": contact_id, "margin": MARGIN_SECONDS, "now": now}
    await connection.execute(_CANCEL, values)
    await connection.execute(_TAKE_BACK, values)
    await connection.execute(_GIVE_UP, values)
    return int((await connection.execute(_UNDER_WAY, values)).scalar_one())
