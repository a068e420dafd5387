"""An erased person writes to us: a new contact by their own act, who hears from us again only after their START.

Their message must be kept and their STOP obeyed, so they have a contact again. What they had said before was
erased with them, and may have been a no; so until they say otherwise they count as having said no to everything.
That is an ordinary opt-out, which the plan, the claim and the gate know. Their START ends it.
"""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.consent.opt_out import opt_out
from models.consent.tables import ConsentMethod
from models.rights.payloads import strip_payloads
from models.rights.suppressed import HashKeyLost, erased_among, hasher_of

SOURCE = "wrote to us after being erased"
log = structlog.get_logger(__name__)

_KEPT_BEFORE = text("SELECT EXISTS (SELECT FROM messages WHERE twilio_sid = :twilio_sid)")

_LIFT = text("DELETE FROM suppressions WHERE organization_id = :organization_id AND number_hash = :number_hash")


async def was_erased(connection: AsyncConnection, phone: str, *, organization_id: UUID) -> bool:
    """Whether the number, which has no contact, is that of someone who was erased."""
    try:
        return bool(await erased_among(connection, [phone], organization_id=organization_id))
    except HashKeyLost:  # what they write must be kept all the same
        log.exception("TIDINGS_HASH_KEY is not the one that people were erased under")
        return False


async def came_before(connection: AsyncConnection, twilio_sid: str) -> bool:
    """Whether a message was erased with its person and only comes once more; its raw form is stripped."""
    known = bool((await connection.execute(_KEPT_BEFORE, {"twilio_sid": twilio_sid})).scalar_one())
    if known:
        await strip_payloads(connection, [f"inbound:{twilio_sid}"])
    return known


async def stay_silent(connection: AsyncConnection, phone: str, *, organization_id: UUID, now: datetime) -> None:
    """Opts the new contact of an erased person out of everything; what their message says is obeyed after it."""
    await opt_out(
        connection,
        organization_id=organization_id,
        phones=[phone],
        method=ConsentMethod.ERASURE,
        source=SOURCE,
        message_sids=[None],
        now=now,
    )


async def lift_suppression(connection: AsyncConnection, phone: str, *, organization_id: UUID) -> None:
    """Ends what an erasure has blocked, by the person's START."""
    hasher = hasher_of(connection)
    if hasher is not None:
        values = {"organization_id": organization_id, "number_hash": hasher(phone)}
        await connection.execute(_LIFT, values)
