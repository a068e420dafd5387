"""Messages leave in the hours of their people's day: by the business clock, through the simulator."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.settings import Settings
from models.campaigns.plan import plan
from models.campaigns.preview import preview
from models.campaigns.rendering import compile_stored
from models.campaigns.report import read_report
from models.campaigns.runs import ensure_run, load_run
from models.campaigns.store import load_campaign
from models.campaigns.tables import ONCE
from models.policy.store import set_policy
from models.senders import MessageType, load_sender
from tasks.chunk import send_due
from tasks.equipment import Equipment, open_equipment
from tasks.finish import finish_run
from tests.fixtures.campaigns import Sending
from tests.integration.direct.posting import draft, post, row_of
from tests.integration.population import add_campaign, add_contact, phone
from tests.simulator.running import Twilio

EASTERN = ZoneInfo("America/New_York")
WASHINGTON, DENVER, HONOLULU = 0, 200, 900
"""Numbers of the nth fictional phone in area codes 202, 303 and 808."""
HOURS_BEHIND = {"202": timedelta(), "303": timedelta(hours=2), "808": timedelta(hours=5)}
REQUEST_SECONDS = 2.0


@dataclass
class Clock:
    """Business time stands still until it is moved; `jumps` are moves after each look at it."""

    now: datetime
    jumps: list[timedelta] = field(default_factory=list)

    def __call__(self) -> datetime:
        seen = self.now
        if self.jumps:
            self.now += self.jumps.pop(0)
        return seen


def eastern(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=EASTERN)


TUESDAY, WEDNESDAY = "2026-11-24", "2026-11-25"
CLOSING = eastern(TUESDAY, "21:00:00")
OPENING = eastern(WEDNESDAY, "08:00:00")


@dataclass
class Evening:
    """A campaign, the clock, and who sends."""

    engine: AsyncEngine
    organization_id: UUID
    equipment: Equipment
    clock: Clock
    twilio: Twilio

    async def planned(self, *people: int, window: timedelta = timedelta(hours=48), **campaign: Any) -> Sending:
        async with self.engine.begin() as connection:
            for person in people:
                consent = {"marketing": "opted_in"}
                await add_contact(connection, self.organization_id, phone(person), consent=consent)
            made = await add_campaign(connection, self.organization_id, **campaign)
            run = await ensure_run(connection, made, occurrence=ONCE, now=self.clock.now)
            await plan(connection, made, run, now=self.clock.now, window=window, keeps_hours=True)
            sender = await load_sender(connection, run.sender_id)
            run = await load_run(connection, run.id)
        return Sending(self.engine, self.organization_id, run, compile_stored(made.body), sender.address)

    async def sent(self) -> Counter[str]:
        """How many requests the simulator saw, by area code."""
        log = (await self.twilio.get("messages"))["messages"]
        return Counter(str(entry["to"])[2:5] for entry in log)

    async def policy(self, written: str) -> None:
        async with self.engine.begin() as connection:
            await set_policy(connection, self.organization_id, written, actor="a test", now=self.clock.now)


@pytest.fixture
async def evening(committed: AsyncEngine, sending_settings: Settings, twilio: Twilio) -> AsyncIterator[Evening]:
    """Half a minute before nine on a Tuesday evening in the East."""
    clock = Clock(eastern(TUESDAY, "20:59:30"))
    kept = {"tidings_quiet_hours": True, "tidings_request_seconds": REQUEST_SECONDS}
    async with committed.connect() as connection:
        organization_id = (await connection.execute(text("SELECT id FROM organizations"))).scalar_one()
    async with open_equipment(sending_settings.model_copy(update=kept), clock=clock) as equipment:
        yield Evening(committed, organization_id, equipment, clock, twilio)


async def test_nothing_may_be_delivered_after_the_hours(evening: Evening) -> None:
    sending = await evening.planned(WASHINGTON, WASHINGTON + 1, DENVER, HONOLULU)
    tally = await sending.chunk(evening.equipment)
    assert tally.results == Counter(accepted=4)
    for entry in (await evening.twilio.get("messages"))["messages"]:
        validity = int(entry["params"].get("ValidityPeriod", ["36000"])[0])
        closes = CLOSING + HOURS_BEHIND[str(entry["to"])[2:5]]
        assert evening.clock.now + timedelta(seconds=validity + REQUEST_SECONDS) <= closes
        assert validity >= 5


async def test_who_may_not_be_written_to_any_more_waits_for_the_morning(evening: Evening) -> None:
    evening.clock.now = eastern(TUESDAY, "20:50:00")
    sending = await evening.planned(WASHINGTON, WASHINGTON + 1, DENVER, HONOLULU)
    evening.clock.now = eastern(TUESDAY, "20:59:58")
    await sending.chunk(evening.equipment)
    assert await evening.sent() == Counter({"303": 1, "808": 1}), "two seconds are too few for Twilio's queue"
    held = (await sending.rows())[phone(WASHINGTON)]
    assert (held.state, held.held_for, held.send_after) == ("planned", "quiet_hours", OPENING)

    evening.clock.now = OPENING - timedelta(seconds=1)
    await sending.chunk(evening.equipment)
    assert (await evening.sent())["202"] == 0
    evening.clock.now = OPENING
    await sending.chunk(evening.equipment)
    assert await evening.sent() == Counter({"202": 2, "303": 1, "808": 1})
    left = (await sending.rows())[phone(WASHINGTON)]
    assert (left.held_for, left.allowed_until) == (None, eastern(WEDNESDAY, "21:00:00"))


async def test_the_plan_sets_each_place_its_hour(evening: Evening) -> None:
    evening.clock.now = eastern(WEDNESDAY, "01:30:00")
    sending = await evening.planned(WASHINGTON, DENVER, HONOLULU)
    rows = await sending.rows()
    assert [rows[phone(each)].send_after for each in (WASHINGTON, DENVER, HONOLULU)] == [
        OPENING,
        OPENING + timedelta(hours=2),
        evening.clock.now,
    ]
    assert [rows[phone(each)].held_for for each in (DENVER, HONOLULU)] == ["quiet_hours", None]
    assert (await sending.chunk(evening.equipment)).results == Counter(accepted=1)


async def test_the_gate_holds_what_waited_past_the_hours(evening: Evening) -> None:
    sending = await evening.planned(WASHINGTON)
    evening.clock.jumps = [timedelta(seconds=29)]
    tally = await sending.chunk(evening.equipment, most=1)
    assert tally.results == Counter(returned=1)
    assert await evening.sent() == Counter()
    assert (await sending.rows())[phone(WASHINGTON)].state == "planned"


async def test_a_zone_that_is_stored_meanwhile_counts_at_the_claim(evening: Evening) -> None:
    sending = await evening.planned(HONOLULU)
    async with evening.engine.begin() as connection:
        await connection.execute(text("UPDATE contacts SET timezone = 'Europe/Berlin'"))
    await sending.chunk(evening.equipment)
    row = (await sending.rows())[phone(HONOLULU)]
    assert (row.state, row.send_after) == ("planned", datetime(2026, 11, 25, 8, tzinfo=ZoneInfo("Europe/Berlin")))


async def test_hours_that_come_after_the_end_are_too_late(evening: Evening) -> None:
    evening.clock.now = eastern(TUESDAY, "21:30:00")
    sending = await evening.planned(WASHINGTON, HONOLULU, send_before=OPENING)
    row = (await sending.rows())[phone(WASHINGTON)]
    assert (row.state, row.skip_reason) == ("skipped", "quiet_hours")
    evening.clock.now = eastern(WEDNESDAY, "02:30:00")  # half past nine in Honolulu
    await sending.chunk(evening.equipment)
    assert (await sending.rows())[phone(HONOLULU)].state == "expired"
    assert await evening.sent() == Counter()


async def test_without_an_end_of_its_own_a_campaign_lasts_until_the_last_have_had_their_hours(
    evening: Evening,
) -> None:
    evening.clock.now = eastern(TUESDAY, "21:30:00")
    sending = await evening.planned(WASHINGTON, window=timedelta(hours=1))
    row = (await sending.rows())[phone(WASHINGTON)]
    assert (row.send_after, row.send_before) == (OPENING, OPENING + timedelta(hours=1))


async def test_transactional_messages_are_exempt_unless_the_policy_names_them(evening: Evening) -> None:
    evening.clock.now = eastern(WEDNESDAY, "03:00:00")
    sending = await evening.planned(WASHINGTON, kind="transactional")
    assert (await sending.chunk(evening.equipment)).results == Counter(accepted=1)

    await evening.policy("quiet_hours:\n  applies_to: [marketing, transactional]\n")
    bound = await evening.planned(WASHINGTON + 1, kind="transactional", name="Bound")
    assert (await bound.chunk(evening.equipment)).results == Counter()
    assert {row.held_for for row in (await bound.rows()).values()} == {"quiet_hours"}


async def test_single_messages_are_held_only_as_marketing(evening: Evening) -> None:
    evening.clock.now = eastern(WEDNESDAY, "03:00:00")
    await evening.planned(
        WASHINGTON, send_before=evening.clock.now + timedelta(minutes=1)
    )  # who agreed to marketing
    states = {}
    for kind in (MessageType.TRANSACTIONAL, MessageType.MARKETING):
        about = {"now": evening.clock.now, "message_type": kind}
        planned = await post(evening.engine, evening.organization_id, draft(WASHINGTON), **about)
        async with evening.engine.connect() as connection:
            row = await row_of(connection, planned.id)
        await send_due(evening.equipment, row["campaign_run_id"], most=5)
        async with evening.engine.connect() as connection:
            states[kind] = await row_of(connection, planned.id)
    assert states[MessageType.TRANSACTIONAL]["state"] == "accepted"
    held = states[MessageType.MARKETING]
    assert (held["state"], held["held_for"], held["send_after"]) == ("planned", "quiet_hours", OPENING)
    assert held["body"] == "Your table is ready."
    assert held["send_before"] == OPENING + timedelta(hours=24)


async def test_own_hours_hold_from_the_next_claim_on(evening: Evening) -> None:
    sending = await evening.planned(HONOLULU)
    await evening.policy("quiet_hours:\n  hours:\n    US-HI: {daily: 09:00-12:00}\n")
    await sending.chunk(evening.equipment)
    row = (await sending.rows())[phone(HONOLULU)]
    assert row.send_after == datetime(2026, 11, 25, 9, tzinfo=ZoneInfo("Pacific/Honolulu"))


async def test_the_morning_does_not_burst_past_the_rate(evening: Evening) -> None:
    evening.clock.now = eastern(WEDNESDAY, "01:30:00")
    sending = await evening.planned(*range(20), rate=20.0)
    evening.clock.now = OPENING
    await sending.chunk(evening.equipment)
    log = (await evening.twilio.get("messages"))["messages"]
    moments = sorted(float(entry["received_monotonic"]) for entry in log)
    assert len(moments) == 20
    assert moments[-1] - moments[0] >= 0.8


async def test_people_are_told_who_waits_until_when(evening: Evening) -> None:
    evening.clock.now = eastern(WEDNESDAY, "01:30:00")
    sending = await evening.planned(WASHINGTON, WASHINGTON + 1, DENVER, HONOLULU)
    await sending.chunk(evening.equipment)
    async with evening.engine.connect() as connection:
        report = await read_report(connection, sending.run.id, now=evening.clock.now)
        told = await preview(
            connection,
            await load_campaign(connection, sending.run.campaign_id),
            at=evening.clock.now,
            keeps_hours=True,
        )
    waiting = ["2 wait for 08:00 in New York", "1 waits for 08:00 in Denver"]
    assert [group.words(now=evening.clock.now) for group in report.held] == waiting
    assert (report.states["held"], report.states["accepted"]) == (3, 1)
    assert "quiet hours: 2 wait for 08:00 in New York" in str(report.timeline[0].why)
    assert [group.words(now=evening.clock.now) for group in told.held] == waiting
    assert told.eligible == 4
    await finish_run(evening.equipment, sending.run.id)  # a flow run is not a failure because people sleep
    assert (await sending.reload()).state == "sending"
