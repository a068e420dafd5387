"""The process that sends direct messages is killed in the middle: everyone gets one message all the same."""

from collections import Counter

from sqlalchemy import text

from models.messages.direct.planning import plan_many
from tasks.direct import send_direct
from tasks.equipment import Equipment
from tasks.settling import settle_all
from tests.fixtures.sending import Start
from tests.integration.direct.killed import killed_when
from tests.integration.direct.posting import draft, posting
from tests.integration.population import phone
from tests.simulator.running import Twilio, until

PEOPLE = 120
BEFORE_THE_KILL = 30
END_SECONDS = 30.0
_LEFT = text("SELECT count(*) FROM messages WHERE twilio_sid IS NULL")


async def _taken(twilio: Twilio) -> Counter[str]:
    entries = (await twilio.get(f"messages?limit={PEOPLE * 2}"))["messages"]
    return Counter(str(entry["to"]) for entry in entries if entry["sid"])


async def test_everyone_gets_one_message_though_the_sender_is_killed(
    start: Start, hasty: Equipment, twilio: Twilio
) -> None:
    organization_id = (await start(0)).organization_id
    await twilio.set(latency={"low": 0.05, "high": 0.2})
    async with hasty.engine.begin() as connection:
        await plan_many(connection, [draft(number) for number in range(PEOPLE)], posting(organization_id))

    async def half_way() -> bool:
        return (await _taken(twilio)).total() >= BEFORE_THE_KILL

    await killed_when(half_way, hasty.settings)
    assert (await _taken(twilio)).total() < PEOPLE, "the kill came too late to prove anything"

    async def all_sent() -> bool:
        await send_direct(hasty, idle_seconds=0.1)
        await settle_all(hasty)
        async with hasty.engine.connect() as connection:
            return int((await connection.execute(_LEFT)).scalar_one()) == 0

    await until(all_sent, seconds=END_SECONDS)
    assert await _taken(twilio) == Counter(phone(number) for number in range(PEOPLE))
