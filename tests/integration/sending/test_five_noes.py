"""People say no in five ways while two campaigns are sent to them: nothing begins after it, in either of them.

By a keyword, in plain language, by Twilio's 21610, by the API and by the command, each by its own door.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.settings import Settings
from tasks.equipment import open_equipment
from tasks.gatekeeper import FRESH_SECONDS
from tests.api.server import STATUS, Api, running_api
from tests.api.v1.client import Client, new_key
from tests.conftest import ACCOUNT_SID
from tests.fixtures.campaigns import Sending, start_campaign
from tests.fixtures.sending import Start
from tests.integration.campaign_commands import Command
from tests.integration.outbox import add_outbound, sid
from tests.integration.population import phone
from tests.simulator.running import Twilio, until

WIRE = 0.25
"""Seconds that a request may take from its beginning to the simulator's log, on a machine that is all of it."""

NO_YET = text("""
    SELECT DISTINCT phone FROM consents
    WHERE phone = ANY(CAST(:phones AS text[])) AND message_type = 'marketing' AND state = 'opted_out'
""")


@dataclass
class Noes:
    """Who is to say no by which way, and when each no was first seen committed, by another connection."""

    groups: Mapping[str, Sequence[str]]
    seen: dict[str, float] = field(default_factory=dict)

    @property
    def phones(self) -> list[str]:
        return [number for group in self.groups.values() for number in group]

    async def watch(self, engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            while len(self.seen) < len(self.phones):
                left = [number for number in self.phones if number not in self.seen]
                for number in (await connection.execute(NO_YET, {"phones": left})).scalars():
                    self.seen[number] = time.monotonic()
                await asyncio.sleep(0.005)


@pytest.mark.parametrize(
    ("people", "rate"), [(300, 150.0), pytest.param(1_000, 400.0, marks=pytest.mark.long)], ids=["short", "long"]
)
async def test_a_no_ends_everything_at_once_however_it_is_said(
    start: Start, sending_settings: Settings, twilio: Twilio, tidings: Command, people: int, rate: float
) -> None:
    one = await start(people)
    other = await start_campaign(one.engine, one.organization_id, people=0, name="Last day")
    await _sender_takes(one, rate)
    late = [phone(number) for number in range(people // 2, people)]
    ways = ("keyword", "plain language", "21610", "api")
    groups = {way: late[place : -people // 10 : 10] for place, way in enumerate(ways)}
    noes = Noes({**groups, "command": late[-3:]})
    url = str(sending_settings.tidings_database_url)
    async with running_api(url) as api, asyncio.timeout(120):
        doors = await _doors(api, one, noes, tidings)
        async with _sent_by_two_workers((one, other), sending_settings), asyncio.TaskGroup() as group:
            await _until_under_way(twilio, people // 10)
            group.create_task(noes.watch(one.engine))
            for way, numbers in noes.groups.items():
                group.create_task(_one_by_one(doors[way], numbers))
    await _judge(noes, (one, other), twilio)


async def _judge(noes: Noes, campaigns: Sequence[Sending], twilio: Twilio) -> None:
    log = (await twilio.get("messages"))["messages"]
    late = {
        entry["to"]: entry["received_monotonic"] - noes.seen[entry["to"]]
        for entry in log
        if entry["to"] in noes.seen and entry["received_monotonic"] > noes.seen[entry["to"]]
    }
    assert {number: by for number, by in late.items() if by > FRESH_SECONDS + WIRE} == {}
    last = max(entry["received_monotonic"] for entry in log)
    for way, numbers in noes.groups.items():
        assert min(noes.seen[number] for number in numbers) < last - FRESH_SECONDS, f"{way} came too late to tell"
    for campaign in campaigns:
        rows = await campaign.rows()
        for way, numbers in noes.groups.items():
            assert {rows[number].skip_reason for number in numbers} >= {"opted_out"}, way


Door = Callable[[str], Awaitable[Any]]


async def _doors(api: Api, sending: Sending, noes: Noes, tidings: Command) -> dict[str, Door]:
    client = Client(api.client, await new_key(sending.engine))
    delivered = await _messages_of_before(sending, noes.groups["21610"])
    named = {number: sid(500_000 + place) for place, number in enumerate(noes.phones)}

    async def texts(number: str, body: str) -> None:
        fields = {"From": number, "MessagingServiceSid": sending.service_sid, "AccountSid": ACCOUNT_SID}
        answer = await api.post(
            "/webhooks/twilio/inbound",
            {**fields, "MessageSid": named[number], "To": "+12025550100", "Body": body},
        )
        assert answer.status_code == 200

    async def refused(number: str) -> None:
        fields = {"AccountSid": ACCOUNT_SID, "MessageSid": delivered[number], "MessageStatus": "failed"}
        assert (await api.post(STATUS, {**fields, "ErrorCode": "21610"})).is_success

    async def recorded(number: str) -> None:
        given = {"phone": number, "message_type": "marketing", "state": "opted_out", "method": "verbal"}
        assert (await client.post("/consents", {**given, "source": "a call"})).status_code == 201

    async def commanded(number: str) -> None:
        no = ("--opt-out", "--type", "all", "--method", "verbal", "--source", "a call")
        done = await tidings("consent", "record", number, *no)
        assert done.status == 0, done

    return {
        "keyword": lambda number: texts(number, "STOP"),
        "plain language": lambda number: texts(number, "please take me off your list"),
        "21610": refused,
        "api": recorded,
        "command": commanded,
    }


async def _one_by_one(door: Door, numbers: Sequence[str]) -> None:
    for number in numbers:
        await door(number)


async def _messages_of_before(sending: Sending, numbers: Sequence[str]) -> dict[str, str]:
    """An earlier message to each, whose failure Twilio reports only now; by its SID."""
    sids = {number: sid(900_000 + place) for place, number in enumerate(numbers)}
    async with sending.engine.begin() as connection:
        for number, twilio_sid in sids.items():
            await add_outbound(connection, sending.organization_id, twilio_sid=twilio_sid, phone=number)
    return sids


async def _sender_takes(sending: Sending, rate: float) -> None:
    async with sending.engine.begin() as connection:
        await connection.execute(text("UPDATE budgets SET rate = :rate WHERE key LIKE 'sender:%'"), {"rate": rate})


@asynccontextmanager
async def _sent_by_two_workers(campaigns: Sequence[Sending], settings: Settings) -> AsyncIterator[None]:
    """A worker with connections of its own for each campaign; ends when both have nothing to send."""
    async with open_equipment(settings) as one, open_equipment(settings) as other, asyncio.TaskGroup() as group:
        for campaign, equipment in zip(campaigns, (one, other), strict=True):
            group.create_task(campaign.chunk(equipment, most=2_000))
        yield


async def _until_under_way(twilio: Twilio, requests: int) -> None:
    async def reached() -> bool:
        return len((await twilio.get("messages"))["messages"]) >= requests

    await until(reached, seconds=30)
