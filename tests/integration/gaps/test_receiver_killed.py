"""The receiver is killed, people write STOP, it comes back: the next sweep hears them before anything is sent."""

from sqlalchemy import text

from tasks.catching_up import catch_up
from tasks.equipment import Equipment
from tests.conftest import MARKETING_SERVICE
from tests.fixtures.sending import Start
from tests.integration.gaps.conftest import found
from tests.integration.gaps.receiver import ReceiverProcess
from tests.integration.population import phone
from tests.simulator.running import Twilio, until

INBOUND = "/webhooks/twilio/inbound"
HEARD = "SELECT phone FROM messages WHERE direction = 'inbound' ORDER BY phone"


async def test_a_stop_that_was_written_while_the_receiver_was_dead_counts(
    tools: Equipment, start: Start, twilio: Twilio, database_url: str
) -> None:
    sending = await start(4)
    async with ReceiverProcess.at_free_port(database_url) as receiver:
        await twilio.set(inbound_url=receiver.url + INBOUND, callbacks={"retry_delay": 0.0})

        async def stop(number: int) -> int | None:
            said = await twilio.say(phone(number), "STOP", messaging_service_sid=MARKETING_SERVICE)
            status: int | None = said["webhook_status"]
            return status

        async def has_beaten() -> bool:
            return await found(tools.engine, "SELECT 1 FROM receiver_beats") != []

        await until(has_beaten)
        await catch_up(tools)
        assert await stop(0) == 200
        await receiver.kill()
        assert [await stop(1), await stop(2)] == [None, None]
        assert await found(tools.engine, HEARD) == [(phone(0),)]
        async with tools.engine.begin() as connection:  # a minute passes
            await connection.execute(text("UPDATE receiver_beats SET beat_at = beat_at - interval '1 minute'"))
        await receiver.start()
        tally = await catch_up(tools)
    assert (tally.missed, tally.problems) == (2, [])
    assert await found(tools.engine, HEARD) == [(phone(0),), (phone(1),), (phone(2),)]
    tally_of_chunk = await sending.chunk(tools)
    assert tally_of_chunk.taken == 1
    assert {entry["to"] for entry in (await twilio.get("messages"))["messages"]} == {phone(3)}
