"""Surveys that we begin, and reminders: planned once, like any direct message, and never to who said no."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from models.senders import MessageType
from models.surveys.reminding import remind_of_surveys
from models.surveys.sending import UNDER_WAY, Outreach, contacts_tagged, send_survey
from tests.conftest import MARKETING_SERVICE, TRANSACTIONAL_SERVICE
from tests.integration.outbox import PHONE, rows
from tests.integration.population import add_contact, add_organization, set_consent
from tests.integration.surveys.person import Person, set_up

PLANNED = """
    SELECT m.phone, m.body, m.cause, m.our_address FROM messages m
    WHERE m.direction = 'outbound' AND m.state = 'planned' ORDER BY m.id
"""


@pytest.fixture
async def person(connection: AsyncConnection, organization_id: UUID) -> Person:
    await set_up(connection, organization_id)
    return Person(connection)


async def _add(connection: AsyncConnection, organization_id: UUID, number: int) -> tuple[str, int]:
    phone = f"+1202555{number:04d}"
    return phone, await add_contact(connection, organization_id, phone, first_name=None, tags=("patient",))


async def _send(
    person: Person, organization_id: UUID, ids: Sequence[int], *, again: bool = False, kind: str = "transactional"
) -> Counter[str]:
    outreach = Outreach(
        organization_id=organization_id,
        name="visit",
        now=person.now,
        message_type=MessageType(kind),
        again=again,
    )
    return await send_survey(person.connection, outreach, ids)


async def test_a_survey_that_we_begin_goes_on_by_its_answers(person: Person, organization_id: UUID) -> None:
    phone, contact_id = await _add(person.connection, organization_id, 130)
    assert await _send(person, organization_id, [contact_id]) == {"planned": 1}
    assert await rows(person.connection, PLANNED) == [
        (phone, "Hi!\nScore?", "survey visit", TRANSACTIONAL_SERVICE)
    ]
    assert await rows(person.connection, "SELECT preview, unread FROM conversations") == [("Hi!\nScore?", 0)]
    person.phone = phone
    assert await person.says("9", MessagingServiceSid=TRANSACTIONAL_SERVICE) == ["Why 9?"]


async def test_sent_twice_nobody_is_asked_twice(person: Person, organization_id: UUID) -> None:
    _, contact_id = await _add(person.connection, organization_id, 130)
    await _send(person, organization_id, [contact_id])
    assert await _send(person, organization_id, [contact_id]) == {UNDER_WAY: 1}
    assert await _send(person, organization_id, [contact_id], again=True) == {UNDER_WAY: 1}
    assert len(await rows(person.connection, PLANNED)) == 1
    person.phone = "+12025550130"
    for answer in ("9", "skip", "yes"):
        await person.says(answer, MessagingServiceSid=TRANSACTIONAL_SERVICE)
    assert await _send(person, organization_id, [contact_id]) == {UNDER_WAY: 1}
    assert await _send(person, organization_id, [contact_id], again=True) == {"planned": 1}


async def test_who_said_no_has_no_survey_waiting(person: Person, organization_id: UUID) -> None:
    people = [await _add(person.connection, organization_id, number) for number in (130, 131, 132)]
    connection = person.connection
    await set_consent(connection, organization_id, people[0][0], message_type="transactional", state="opted_out")
    await set_consent(connection, organization_id, people[1][0], message_type="marketing", state="opted_in")
    ids = [contact_id for _, contact_id in people]
    assert await _send(person, organization_id, ids, kind="marketing") == {"planned": 1, "no_consent": 2}
    assert [(phone, address) for phone, _, _, address in await rows(connection, PLANNED)] == [
        (people[1][0], MARKETING_SERVICE)
    ]
    assert await _send(person, organization_id, ids) == {"opted_out": 1, UNDER_WAY: 1, "planned": 1}
    assert await rows(connection, "SELECT contact_id FROM survey_runs ORDER BY 1") == [(ids[1],), (ids[2],)]


async def test_a_contact_of_another_organization_is_not_reached(person: Person, organization_id: UUID) -> None:
    other = await add_organization(person.connection, "other")
    _, contact_id = await _add(person.connection, other, 130)
    assert await _send(person, organization_id, [contact_id]) == {UNDER_WAY: 1}
    assert await rows(person.connection, "SELECT id FROM survey_runs") == []


async def test_contacts_of_a_tag_in_batches(person: Person, organization_id: UUID) -> None:
    ids = [(await _add(person.connection, organization_id, number))[1] for number in (130, 131, 132)]
    await add_contact(person.connection, organization_id, "+12025550133")
    found = [
        await contacts_tagged(
            person.connection, organization_id=organization_id, tag="patient", after=after, most=2
        )
        for after in (0, ids[1])
    ]
    assert found == [ids[:2], ids[2:]]


async def test_a_reminder_is_planned_once_a_question(person: Person) -> None:
    await person.talks("visit", "9")
    assert await remind_of_surveys(person.connection, now=person.now) == 0
    person.waits(hours=4)
    assert await remind_of_surveys(person.connection, now=person.now) == 1
    assert await remind_of_surveys(person.connection, now=person.now) == 0
    assert await rows(person.connection, PLANNED) == [
        (PHONE, "Still there? Why 9?", "survey visit", MARKETING_SERVICE)
    ]
    await person.says("the food")
    person.waits(hours=5)
    assert await remind_of_surveys(person.connection, now=person.now) == 1
    assert len(await rows(person.connection, PLANNED)) == 2


@pytest.mark.parametrize(
    ("ending", "seen"),
    [("STOP", 0), ("waits", 0), ("a person took over", 1)],
)
async def test_no_reminder(person: Person, ending: str, seen: int) -> None:
    await person.says("visit")
    if ending == "STOP":
        await person.says("STOP")
    elif ending == "waits":
        person.waits(hours=24)
    else:
        await rows(person.connection, "UPDATE conversations SET mode = 'person' RETURNING id")
    person.waits(hours=4)
    assert await remind_of_surveys(person.connection, now=person.now) == seen
    assert await rows(person.connection, PLANNED) == []


async def test_asked_by_a_whatsapp_number_and_answered_by_way_of_its_service(
    person: Person, organization_id: UUID
) -> None:
    phone, contact_id = await _add(person.connection, organization_id, 130)
    await rows(
        person.connection,
        "INSERT INTO senders (id, organization_id, purpose, address, channel, rate, state, created_at) VALUES"
        " (gen_random_uuid(), :id, 'transactional', '+12025550100', 'whatsapp', 80, 'active', now()) RETURNING id",
        id=organization_id,
    )
    person.phone, person.channel = phone, "whatsapp"
    await person.says("hello")  # opens the 24 hours in which we may write without a template
    outreach = Outreach(organization_id=organization_id, name="visit", now=person.now, channel="whatsapp")
    assert await send_survey(person.connection, outreach, [contact_id]) == {"planned": 1}
    addresses = "SELECT our_address FROM conversations ORDER BY our_address"
    assert await rows(person.connection, addresses) == [("+12025550100",), (MARKETING_SERVICE,)]
    assert await person.says("9") == ["Why 9?"]
