"""Cancels at Twilio what it keeps for one person who is being erased."""

from time import monotonic
from uuid import UUID

from messaging.twilio_erasing import NotErased
from models.rights.standstill import contact_of
from tasks.equipment import Equipment
from tasks.scheduled_at_twilio import LONGEST_SECONDS, CancelTally, cancel_of


async def cancel_for(tools: Equipment, organization_id: UUID, phone: str) -> None:
    """Asks once for each message that was taken back. Raises `NotErased` when Twilio does not confirm one."""
    async with tools.engine.connect() as connection:
        contact_id = await contact_of(connection, organization_id, phone)
    if contact_id is None:
        return
    tally = CancelTally()
    await cancel_of(
        tools, organization_id, contact_id=contact_id, until=monotonic() + LONGEST_SECONDS, tally=tally
    )
    if tally.unanswered:
        raise NotErased(
            f"Twilio did not confirm that {tally.unanswered} scheduled messages to the person are canceled; run "
            "the same command again later."
        )
