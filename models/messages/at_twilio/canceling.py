"""What Twilio is to be asked to cancel, the soonest first, and what left all the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.incidents import IncidentKind

LOOKED_BACK = timedelta(days=7)
"""How long after its end it is still looked at what became of a message that was taken back."""

SOON = timedelta(minutes=2)
"""What Twilio sends within it is looked at every few seconds: a no that comes shortly before still counts."""

TOO_LATE = "Twilio sent a message that had been taken back: it was not canceled there in time; call the person."

_KEEPERS = text("""
    SELECT o.id FROM organizations o
    WHERE EXISTS (SELECT FROM messages m WHERE m.organization_id = o.id AND m.state = 'scheduled')
    ORDER BY o.slug
""")

_LEAVES = text("""
    SELECT EXISTS (
        SELECT FROM organizations o
        WHERE EXISTS (
            SELECT FROM messages m
            WHERE m.organization_id = o.id AND m.state = 'scheduled'
                AND m.send_at_twilio > :now AND m.send_at_twilio <= :until))
""")

_NEXT = text("""
    SELECT m.id, m.twilio_sid, m.send_at_twilio FROM messages m
    WHERE m.organization_id = :organization_id AND m.withdrawn AND m.state = 'scheduled'
        AND m.twilio_sid IS NOT NULL AND m.send_before > :since
        AND (CAST(:contact_id AS bigint) IS NULL OR m.contact_id = :contact_id)
        AND (CAST(:after_at AS timestamptz) IS NULL OR (m.send_at_twilio, m.id) > (:after_at, :after_id))
    ORDER BY m.send_at_twilio, m.id
    LIMIT :most
""")

_LEFT = text("""
    INSERT INTO incidents (organization_id, kind, message_id, campaign_run_id, detail, seen_at)
    SELECT m.organization_id, :kind, m.id, m.campaign_run_id,
        jsonb_build_object('reason', CAST(:reason AS text)), :now
    FROM messages m
    WHERE m.withdrawn AND m.send_before > :since AND m.send_at_twilio IS NOT NULL
        AND m.state IN ('sending', 'sent', 'partially_delivered', 'undelivered', 'delivered', 'read')
        AND (m.skip_reason IS NOT NULL OR NOT EXISTS (
            SELECT FROM reminders r WHERE r.message_id = m.id AND r.state IN ('waiting', 'planned')))
        AND NOT EXISTS (SELECT FROM incidents i WHERE i.message_id = m.id AND i.kind = :kind)
    ORDER BY m.id
""")
"""A reminder that is wanted again is none: what left is what is wanted."""


@dataclass(frozen=True, slots=True)
class Unwanted:
    """A message that Twilio keeps and that was taken back."""

    id: int
    twilio_sid: str
    send_at_twilio: datetime


async def organizations_with_kept(connection: AsyncConnection) -> Sequence[UUID]:
    """Those of which Twilio keeps messages."""
    return (await connection.execute(_KEEPERS)).scalars().all()


async def leaves_soon(connection: AsyncConnection, *, now: datetime, ahead: timedelta) -> bool:
    """Whether Twilio sends something within `SOON`, or will before that and `ahead` have passed."""
    return bool((await connection.execute(_LEAVES, {"now": now, "until": now + SOON + ahead})).scalar_one())


async def next_unwanted(
    connection: AsyncConnection,
    organization_id: UUID,
    *,
    now: datetime,
    after: Unwanted | None = None,
    contact_id: int | None = None,
    most: int,
) -> Sequence[Unwanted]:
    """The next of an organization to cancel, or of one contact, behind `after`; the soonest to leave first."""
    values = {
        "organization_id": organization_id,
        "since": now - LOOKED_BACK,
        "after_at": after.send_at_twilio if after else None,
        "after_id": after.id if after else None,
        "contact_id": contact_id,
        "most": most,
    }
    return [Unwanted(**row) for row in (await connection.execute(_NEXT, values)).mappings()]


async def note_left(connection: AsyncConnection, *, now: datetime) -> int:
    """An incident for each message that left although it had been taken back before; returns how many are new."""
    kind = IncidentKind.SENT_THOUGH_WITHDRAWN.value
    values = {"kind": kind, "reason": TOO_LATE, "since": now - LOOKED_BACK, "now": now}
    return (await connection.execute(_LEFT, values)).rowcount
