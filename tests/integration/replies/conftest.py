"""People talk with a running API through the simulator: the real webhook, real TwiML, real status callbacks."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as Xml

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.settings import Settings
from models.columns import utc_now
from models.replies.definition import parse
from models.replies.store import save_rules
from tasks.equipment import Equipment, open_equipment
from tests.conftest import TRANSACTIONAL_SERVICE
from tests.fixtures.migrated_databases import Databases
from tests.integration.gaps.receiver import ReceiverProcess
from tests.simulator.running import ACCOUNT_SID, QUICK, Twilio, until

PERSON = "+12125550101"
WHATSAPP = "+12025550199"


@dataclass(frozen=True)
class Talk:
    """One person and our organization."""

    twilio: Twilio
    engine: AsyncEngine
    organization_id: UUID

    async def rules(self, source: str) -> None:
        """Loads reply rules, as the command does."""
        parse(source, where="replies.yaml").checked(set())
        async with self.engine.begin() as connection:
            await save_rules(connection, self.organization_id, source, now=utc_now())

    async def say(self, body: str, *, person: str = PERSON, whatsapp: bool = False, **fields: Any) -> list[str]:
        """A person writes to us; what they are answered, as texts."""
        return texts_of((await self.say_raw(body, person=person, whatsapp=whatsapp, **fields))["twiml"])

    async def say_raw(self, body: str, *, person: str = PERSON, whatsapp: bool = False, **fields: Any) -> Any:
        addresses: dict[str, Any] = {"messaging_service_sid": TRANSACTIONAL_SERVICE}
        if whatsapp:
            person = f"whatsapp:{person}"
            addresses = {"messaging_service_sid": None, "to": f"whatsapp:{WHATSAPP}"}
        said = await self.twilio.say(person, body, **addresses, **fields)
        assert said["webhook_status"] == 200, said
        return said

    async def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        async with self.engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(text(query), values)]

    async def do(self, statement: str, **values: Any) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(text(statement), values)

    async def until_states(self, *states: str) -> None:
        """Waits until our replies, in their order, have come so far."""
        query = "SELECT state::text FROM messages WHERE direction = 'outbound' ORDER BY id"

        async def reached() -> bool:
            return [state for (state,) in await self.rows(query)] == list(states)

        await until(reached)


def texts_of(twiml: str) -> list[str]:
    """The bodies of a TwiML answer's messages."""
    return [message.findtext("Body") or "" for message in Xml.fromstring(twiml).findall("Message")]  # noqa: S314 (ours)


@pytest.fixture(scope="module")
def database_name() -> str:
    return "replies"


@pytest.fixture(scope="package")
async def receiver(databases: Databases, simulator_url: str) -> AsyncIterator[ReceiverProcess]:
    at = ReceiverProcess.at_free_port(databases.url("replies"), TWILIO_API_BASE_URL=simulator_url)
    async with at as receiver:
        yield receiver


@pytest.fixture
async def talk(
    committed: AsyncEngine, twilio: Twilio, receiver: ReceiverProcess, database_url: str
) -> AsyncIterator[Talk]:
    assert receiver.database_url == database_url, "whoever takes `receiver` takes `database_name` too"
    await twilio.set(
        inbound_url=f"{receiver.url}/webhooks/twilio/inbound#rc=5&rp=all",
        delays=QUICK,
        callbacks={"retry_delay": 0.02},
    )
    async with committed.begin() as connection:
        await connection.execute(
            text("UPDATE organizations SET twilio_account_sid = :sid, name = 'Acme'"), {"sid": ACCOUNT_SID}
        )
        await connection.execute(
            text("""
                INSERT INTO senders (id, organization_id, purpose, address, channel, rate, state, created_at)
                SELECT gen_random_uuid(), id, 'transactional', :address, 'whatsapp', 80, 'active', now()
                FROM organizations
            """),
            {"address": WHATSAPP},
        )
        found = await connection.execute(text("SELECT id FROM organizations"))
        talk = Talk(twilio, committed, found.scalar_one())
    yield talk

    async def quiet() -> bool:
        stats = await twilio.get("stats")
        return bool(stats["under_way"] == 0 and stats["webhook_calls_waiting"] == 0)

    await until(quiet)


@pytest.fixture
async def tools(talk: Talk, sending_settings: Settings) -> AsyncIterator[Equipment]:  # noqa: ARG001 (what it works on)
    """What a sweep works with."""
    async with open_equipment(sending_settings) as equipment:
        yield equipment
