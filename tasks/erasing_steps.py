"""The steps of an erasure; each is committed by itself, and does no harm when it is done again."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.media_store import MediaStore
from models.archive.erasing import remove_from_archive
from models.archive.files import ArchiveFiles
from models.consent.erasing import erase_ledger
from models.exclusive import Duty
from models.organizations import load_organization
from models.rights.beginning import Begun, ErasureOrder
from models.rights.raw_webhooks import Person, bounds, remove_webhooks
from models.rights.standstill import bring_to_a_stand, contact_of
from models.rights.trail import count_more, finish_erasure
from models.rights.unnaming import files_of, lock_person, note_files_gone, unname, unname_strays
from tasks.duties import taking_over
from tasks.equipment import Equipment
from tasks.request_pace import RequestPace
from tasks.scheduled_for_one import CallingOff

LOOK_SECONDS = 0.25
PER_SECOND = 20.0
FILES_AT_ONCE = 50


class ErasingSteps:
    """One erasure; `told` hears what is being done, `counts` has what went, as in the audit trail."""

    def __init__(self, tools: Equipment, order: ErasureOrder, begun: Begun, told: Callable[[str], None]) -> None:
        self._tools = tools
        self._engine = tools.engine
        self._whose = (order.organization_id, order.phone)
        self._begun = begun
        self._told = told
        self.counts: Counter[str] = Counter()

    async def stand_still(self) -> None:
        """Waits until nothing to the person is being requested: at most as long as a lease.

        What Twilio keeps for later is canceled there, and found there before if its answer was lost, which may
        take a grace more. Raises `NotErased` when Twilio does not tell or confirm it.
        """
        self._told("waiting for messages that are being sent")
        calling_off = CallingOff(self._tools, *self._whose)
        while await self._under_way():
            await calling_off.go_on()
            await asyncio.sleep(LOOK_SECONDS)

    async def tables(self) -> bool:
        """Files of media, and all tables; False when something was planned for the person meanwhile."""
        self._told("contact, messages, conversations, consents")
        async with taking_over(self._engine, Duty.MEDIA):
            await self._files()
            async with self._engine.begin() as connection:
                contact_id = await lock_person(connection, *self._whose)
                if contact_id is not None:
                    if await bring_to_a_stand(connection, contact_id, now=self._tools.clock()):
                        return False
                    if await files_of(connection, contact_id, most=1):
                        return False
                    gone = await unname(connection, *self._whose, contact_id=contact_id)
                    await self._count(connection, gone)
                await self._count(connection, {"consent_events": await self._ledger(connection)})
        return True

    async def strays(self) -> None:
        """Messages that are no contact's."""
        self._told("messages without a contact")
        async with self._engine.begin() as connection:
            await self._count(connection, {"messages": await unname_strays(connection, *self._whose)})

    async def webhooks(self) -> None:
        """Raw webhooks in the database, then in the archive, which nobody else writes to meanwhile."""
        self._told("raw webhooks")
        async with self._engine.connect() as connection:
            organization = await load_organization(connection, self._whose[0])
            batches = await bounds(connection)
        person = Person(self._whose[0], organization.twilio_account_sid, self._whose[1])
        async with taking_over(self._engine, Duty.ARCHIVING):
            for first in batches:
                async with self._engine.begin() as connection:
                    removed = await remove_webhooks(connection, person, first=first)
                    await self._count(connection, {"webhook_events": removed})
            await self._archive(person)

    async def at_twilio(self) -> int:
        """Messages and media at Twilio; returns how many cannot be deleted yet."""
        self._told("Twilio's copies")
        twilio = (await self._tools.twilio_for(self._whose[0])).erasing
        pace = RequestPace(PER_SECOND, at_once=1)
        fates: Counter[bool] = Counter()
        for address in (self._whose[1], f"whatsapp:{self._whose[1]}"):
            for sid in await twilio.sids_of(address):
                async with pace:
                    fates[await twilio.delete(sid)] += 1
        async with self._engine.begin() as connection:
            await self._count(connection, {"messages_at_twilio": fates[True]})
        return fates[False]

    async def finish(self) -> None:
        """Notes that all is done."""
        async with self._engine.begin() as connection:
            await finish_erasure(connection, self._begun.id, now=self._tools.clock())

    async def _under_way(self) -> bool:
        async with self._engine.begin() as connection:
            contact_id = await contact_of(connection, *self._whose)
            if contact_id is None:
                return False
            return await bring_to_a_stand(connection, contact_id, now=self._tools.clock()) > 0

    async def _files(self) -> None:
        store = MediaStore.of(self._tools.settings)
        while files := await self._some_files():
            for path in files.values():
                await asyncio.to_thread(store.remove, path)
            async with self._engine.begin() as connection:
                await note_files_gone(connection, files)
                await self._count(connection, {"media_files": len(files)})

    async def _some_files(self) -> dict[int, str]:
        async with self._engine.connect() as connection:
            contact_id = await contact_of(connection, *self._whose)
            return {} if contact_id is None else await files_of(connection, contact_id, most=FILES_AT_ONCE)

    async def _ledger(self, connection: AsyncConnection) -> int:
        organization_id, phone = self._whose
        number_hash = self._begun.number_hash
        return await erase_ledger(connection, organization_id=organization_id, phone=phone, phone_hash=number_hash)

    async def _archive(self, person: Person) -> None:
        address = self._tools.settings.tidings_webhook_archive
        if address is None or person.account_sid is None:
            return
        remove = partial(
            remove_from_archive,
            ArchiveFiles.at(address),
            account_sid=person.account_sid,
            addresses=person.addresses,
            told=lambda done, files: self._told(f"archive ({done:,} of {files:,} files)"),
        )
        removed = await asyncio.to_thread(remove)
        async with self._engine.begin() as connection:
            await self._count(connection, {"archived_webhooks": removed})

    async def _count(self, connection: AsyncConnection, more: Mapping[str, int]) -> None:
        self.counts.update(more)
        await count_more(connection, self._begun.id, more)
