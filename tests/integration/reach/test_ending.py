"""What ends it that a number is held to be unreachable: its person, and people who know; nothing else."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from models.inbound.handling import handle_inbound
from models.inbound.payload import read_inbound
from models.reach.ending import someone_knows
from tests.conftest import ACCOUNT_SID, TRANSACTIONAL_SERVICE
from tests.integration.importing import import_text
from tests.integration.outbox import NOW, PHONE, rows, sid
from tests.integration.population import phone
from tests.integration.reach.failing import ended, send_and_fail, sent, someone, unreachable

LATER = NOW + timedelta(hours=1)


@pytest.fixture
async def dead(connection: AsyncConnection, organization_id: UUID) -> int:
    """A contact whose number is not in use."""
    contact_id = await someone(connection, organization_id)
    await sent(connection, organization_id)
    await ended(connection, 1, "undelivered", code=30005)
    return contact_id


async def hear(connection: AsyncConnection, sender: str, *, at: datetime, body: str = "Hi") -> None:
    given = {"MessageSid": sid(90), "From": sender, "To": "+12025550100", "Body": body}
    payload = {**given, "MessagingServiceSid": TRANSACTIONAL_SERVICE}
    await handle_inbound(connection, read_inbound(payload.items(), account_sid=ACCOUNT_SID), now=at)


@pytest.mark.usefixtures("dead")
@pytest.mark.parametrize(
    ("label", "sender", "at", "left"),
    [
        ("by SMS", PHONE, LATER, {}),
        ("on another channel", f"whatsapp:{PHONE}", LATER, {PHONE: ["sms"]}),
        ("before the failure, handled again", PHONE, NOW - timedelta(hours=1), {PHONE: ["sms"]}),
        ("someone else", phone(5), LATER, {PHONE: ["sms"]}),
    ],
)
async def test_the_person_wrote(
    connection: AsyncConnection, label: str, sender: str, at: datetime, left: dict[str, list[str]]
) -> None:
    await hear(connection, sender, at=at)
    assert await unreachable(connection) == left, label


@pytest.mark.usefixtures("dead")
async def test_what_is_reported_of_older_messages_counts_no_more(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await sent(connection, organization_id, 2, at=NOW)
    await hear(connection, PHONE, at=LATER)
    await ended(connection, 2, "undelivered", code=30005, now=LATER + timedelta(minutes=1))
    assert await unreachable(connection) == {}
    await send_and_fail(connection, organization_id, 30005, hours=2)
    assert await unreachable(connection) == {PHONE: ["sms"]}


@pytest.mark.usefixtures("dead")
async def test_importing_the_number_again_ends_nothing(connection: AsyncConnection, tmp_path: Path) -> None:
    await import_text(connection, tmp_path, f"phone,first_name,consent_marketing\n{PHONE},Grace,yes\n")
    assert await rows(connection, "SELECT first_name FROM contacts") == [("Grace",)]
    assert await unreachable(connection) == {PHONE: ["sms"]}


@pytest.mark.usefixtures("dead")
@pytest.mark.parametrize(
    ("label", "asked", "ended_for"),
    [
        ("the number", {"phone": PHONE}, 1),
        ("all of a code", {"code": 30005}, 1),
        ("the number on its channel", {"phone": PHONE, "channel": "sms"}, 1),
        ("the number on another channel", {"phone": PHONE, "channel": "whatsapp"}, 0),
        ("another number", {"phone": phone(5)}, 0),
        ("another code", {"code": 30006}, 0),
    ],
)
async def test_someone_knows(
    connection: AsyncConnection, organization_id: UUID, label: str, asked: dict[str, str], ended_for: int
) -> None:
    found = await someone_knows(connection, organization_id, actor="person:ada", now=LATER, **asked)  # type: ignore[arg-type]  # as the table has it
    assert found == ended_for, label
    assert await unreachable(connection) == ({} if ended_for else {PHONE: ["sms"]})
    kept = await rows(connection, "SELECT actor, reached_at, code FROM contact_reach")
    assert kept == ([("person:ada", LATER, None)] if ended_for else [(None, None, 30005)])


@pytest.mark.usefixtures("dead")
async def test_another_organization_knows_nothing(connection: AsyncConnection) -> None:
    assert await someone_knows(connection, UUID(int=1), actor="person:eve", now=LATER, phone=PHONE) == 0
    assert await unreachable(connection) == {PHONE: ["sms"]}


async def test_only_what_the_code_had_marked_ends(connection: AsyncConnection, organization_id: UUID) -> None:
    await someone(connection, organization_id)
    for number, channel, code in ((1, "sms", 30005), (2, "whatsapp", 63024)):
        await sent(connection, organization_id, number, channel=channel)
        await ended(connection, number, "undelivered", code=code)
    await someone_knows(connection, organization_id, actor="person:ada", now=LATER, code=63024)
    assert await unreachable(connection) == {PHONE: ["sms"]}
