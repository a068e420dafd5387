"""Cancels at Twilio what it keeps for one person who is being erased."""

from time import monotonic
from uuid import UUID

from messaging.twilio_erasing import NotErased
from models.rights.standstill import awaits_settling, contact_of
from tasks.equipment import Equipment
from tasks.scheduled_at_twilio import LONGEST_SECONDS, CancelTally, cancel_of
from tasks.settling import settle_all

MARGIN_SECONDS = 30.0
"""Beyond a lease and the grace, after which Twilio's list tells of every request."""


class CallingOff:
    """Of one person; `go_on` is called until nothing is left."""

    def __init__(self, tools: Equipment, organization_id: UUID, phone: str) -> None:
        self._tools = tools
        self._whose = (organization_id, phone)
        settings = tools.settings
        patience = settings.tidings_lease_seconds + settings.tidings_settle_grace_seconds + MARGIN_SECONDS
        self._until = monotonic() + patience

    async def go_on(self) -> None:
        """Finds what may be there and cancels what is. Raises `NotErased` when Twilio does not tell or confirm."""
        async with self._tools.engine.connect() as connection:
            contact_id = await contact_of(connection, *self._whose)
            if contact_id is None:
                return
            in_doubt = await awaits_settling(connection, contact_id, now=self._tools.clock())
        if in_doubt:
            await self._find()
        await self._cancel(contact_id)

    async def _find(self) -> None:
        await settle_all(self._tools, organization_id=self._whose[0])
        if monotonic() > self._until:
            raise NotErased(
                "It is not known yet whether Twilio keeps a message to the person for later; see "
                "`tidings messages settle --review`, and run the same command again."
            )

    async def _cancel(self, contact_id: int) -> None:
        tally, until = CancelTally(), monotonic() + LONGEST_SECONDS
        await cancel_of(self._tools, self._whose[0], contact_id=contact_id, until=until, tally=tally)
        if tally.unanswered:
            raise NotErased(
                f"Twilio did not confirm that {tally.unanswered} scheduled messages to the person are canceled; "
                "run the same command again later."
            )
