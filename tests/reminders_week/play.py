"""The week, played through the product: what people got, and when."""

import asyncio
import csv
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import singledispatchmethod
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import text

from models.appointments.appointments_file import AppointmentsFile
from models.appointments.import_rules import AppointmentRules
from models.imports.file_import import import_file
from tests.reminders_week.moments import MINUTE, on_the_wall, tick_of
from tests.reminders_week.stage import LEASE_SECONDS, Stage, open_stage
from tests.reminders_week.steps import Appointment, Booked, Filed, Said, Silence, Step
from tests.reminders_week.world import World
from tests.simulator.running import OTHER_SERVICE

LONGEST = timedelta(hours=5)
"""What is looked at least once in."""
PLANNED_AHEAD = 0.25
"""How often there is a look just before something is due, which plans it for then."""
_NEXT_DUE = text("""
    SELECT min(at) FROM (
        SELECT plan_at AS at FROM reminders WHERE state = 'waiting'
        UNION ALL SELECT send_after FROM messages WHERE direction = 'outbound' AND state = 'planned') due
""")
_STATES = text("SELECT external_id, state FROM appointments")
_COLUMNS = ("external_id", "phone", "starts_at", "timezone", "kind", "state", "locale")


@dataclass(frozen=True)
class Arrival:
    """What a person read, and in which minute."""

    phone: str
    body: str
    at: datetime


@dataclass(frozen=True)
class Played:
    """Everything that people got, and how each appointment stands in the end, by its name."""

    arrivals: list[Arrival]
    states: dict[str, str]
    ticks: int


async def play(
    world: World, folder: Path, *, database_url: str, simulator_url: str, seed: int, every_minute: bool = False
) -> Played:
    """The week, on an empty database and a simulator of its own."""
    begins = world.begins
    async with open_stage(folder, database_url=database_url, simulator_url=simulator_url, begins=begins) as stage:
        player = Player(stage, world, Random(seed), every_minute)  # noqa: S311 (no secret)
        await player.play()
        async with stage.engine.connect() as connection:
            states = {row.external_id: row.state for row in await connection.execute(_STATES)}
    return Played(player.arrivals, states, player.ticks)


@dataclass
class Player:
    """Plays a world on a stage; people react to what arrives."""

    stage: Stage
    world: World
    random: Random
    every_minute: bool = False
    arrivals: list[Arrival] = field(default_factory=list)
    ticks: int = 0

    def __post_init__(self) -> None:
        self._steps: list[tuple[datetime, int, Step]] = []
        self._order = count()
        for step in self.world.steps:
            self._await(step)
        self._reactions = {temper.phone: list(temper.reactions) for temper in self.world.tempers}
        self._stopped: dict[str, bool] = defaultdict(bool)
        self._kept: list[dict[str, Any]] = []
        self._seen = 0
        self._silent_since = 0.0

    async def play(self) -> None:
        """Minute after minute until the end; minutes in which nothing can happen are left out."""
        await self.stage.start("receiver", "ticker")
        minute = self.world.begins
        while minute <= self.world.ends:
            await self._steps_until(minute)
            await self._minute(minute)
            minute = await self._next_minute(minute)

    def _await(self, step: Step) -> None:
        heappush(self._steps, (step.at, next(self._order), step))

    async def _steps_until(self, minute: datetime) -> None:
        while self._steps and self._steps[0][0] < minute:
            at, _, step = heappop(self._steps)
            await self._show_time(at, alone=isinstance(step, Said) and self._silence(at) is not None)
            await self.do(step)

    async def _show_time(self, at: datetime, *, alone: bool = False) -> None:
        """Sets every clock; `alone` in a real second, which is all that Twilio tells of the time of a text."""
        if alone:
            await asyncio.sleep(1.01 - time.time() % 1.0)
        self.stage.clock.set(at)
        await self.stage.twilio.set(clock=f"{at.isoformat()} x 0 since {datetime.now(UTC).isoformat()}")

    # Minutes

    async def _minute(self, minute: datetime) -> None:
        silence = self._silence(minute)
        ended = next((each for each in self.world.silences if each.ends == minute), None)
        if ended is not None:
            await self._wake(ended, minute)
        await self._show_time(minute)
        if silence is None:
            self.ticks += 1
            await self.stage.order("tick")
        elif silence.begins >= minute - MINUTE and self.stage.running:
            await self._fall_silent(silence)
        await self._look(minute)

    def _silence(self, at: datetime) -> Silence | None:
        return next((each for each in self.world.silences if each.covers(at)), None)

    async def _fall_silent(self, silence: Silence) -> None:
        self._silent_since = time.time()
        if silence.killed:
            if "ticker" in self.stage.running:
                self.stage.begin("tick")
                await asyncio.sleep(self.random.uniform(0.05, 0.5))
                await self.stage.kill("ticker")
        else:
            await self.stage.kill()

    async def _wake(self, silence: Silence, minute: datetime) -> None:
        names = ("ticker",) if silence.killed else ("receiver", "ticker")
        await asyncio.gather(self.stage.start(*names), asyncio.sleep(LEASE_SECONDS if silence.killed else 0.0))
        await self._show_time(minute, alone=True)
        since = datetime.fromtimestamp(self._silent_since - 1, UTC)
        await self.stage.order("recover", since.isoformat())

    async def _next_minute(self, minute: datetime) -> datetime:
        """The next one in which something happens or is due by the product's own books, or in a while."""
        if self.every_minute:
            return minute + MINUTE
        due = None if self._silence(minute) else await self._next_due()
        moments = [minute + LONGEST, *([self._steps[0][0]] if self._steps else [])]
        moments += [moment for each in self.world.silences for moment in (each.begins, each.ends)]
        moments += [_send_at(entry) for entry in self._kept]
        if due is not None:
            ahead = MINUTE if self.random.random() < PLANNED_AHEAD else timedelta()
            moments.append(max(due - ahead, minute + MINUTE))
        return min(tick for tick in map(tick_of, moments) if tick > minute)

    async def _next_due(self) -> datetime | None:
        async with self.stage.engine.connect() as connection:
            due: datetime | None = (await connection.execute(_NEXT_DUE)).scalar_one()
        return due

    # What arrives

    async def _look(self, minute: datetime) -> None:
        """What Twilio was asked for since the last look; what it kept until now."""
        for entry in await self._news():
            if not entry["accepted"] or "|" not in entry["body"]:  # a late thank-you is no reminder
                continue
            if "SendAt" in entry["params"]:
                self._kept.append(entry)
            else:
                self._arrives(entry, minute)
        due = [entry for entry in self._kept if _send_at(entry) <= minute]
        self._kept = [entry for entry in self._kept if _send_at(entry) > minute]
        for entry in due:
            if (await self.stage.twilio.fetch(entry["sid"]))["status"] != "canceled":
                self._arrives(entry, _send_at(entry))

    async def _news(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.stage.twilio.get(f"messages?after={self._seen}&limit=10000"))[
            "messages"
        ]
        self._seen += len(found)
        return found

    def _arrives(self, entry: dict[str, Any], at: datetime) -> None:
        phone, body = entry["to"], entry["body"]
        self.arrivals.append(Arrival(phone, body, at))
        if body.startswith("notice") or not self._reactions[phone]:
            return
        wait, said = self._reactions[phone].pop(0)
        broken_off = self._silence(at)
        known = broken_off.ends if broken_off is not None and broken_off.killed else at
        self._await(Said(known + wait, phone, said, is_reaction=True))

    # Steps

    @singledispatchmethod
    async def do(self, step: Step) -> None:
        """Lets a step happen, by the product's own door."""
        raise NotImplementedError(step)

    @do.register
    async def _(self, step: Said) -> None:
        if step.body in ("STOP", "START"):
            self._stopped[step.phone] = step.body == "STOP"
        elif step.is_reaction and self._stopped[step.phone]:
            return
        said = {"from": step.phone, "messaging_service_sid": OTHER_SERVICE, "body": step.body}
        answer = await self.stage.twilio.request("POST", "/simulator/inbound", json=said)
        heard = answer.json["webhook_status"]
        silence = self._silence(step.at)
        is_deaf = silence is not None and not silence.killed
        assert heard == (None if is_deaf else 200), f"{step}: the webhook answered {heard}"

    @do.register
    async def _(self, step: Booked) -> None:
        its = step.its
        given = {"external_id": its.name, "phone": its.phone, "timezone": its.zone, "kind": its.kind}
        given["starts_at"] = its.starts_at.isoformat()
        if its.says_state:
            given["state"] = its.state
        url, headers = f"{self.stage.api_url}/api/v1/appointments", {"Authorization": f"Bearer {self.stage.key}"}
        async with self.stage.twilio.session.post(url, json=given, headers=headers) as answer:
            assert answer.status < 300, f"{step}: {answer.status} {await answer.text()}"

    @do.register
    async def _(self, step: Filed) -> None:
        path = self.stage.folder / "calendar.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_COLUMNS)
            writer.writerows(_row(its) for its in step.rows)
        kind = AppointmentsFile(AppointmentRules(), step.at)
        report = await import_file(self.stage.engine, path, kind, organization="default")
        assert not report.refused, report


def _row(its: Appointment) -> Iterator[str]:
    """Half of the starts as the wall clock shows them, where it shows them once."""
    wall = on_the_wall(its.starts_at, its.zone)
    alone = its.starts_at.minute % 10 == 0 and not 0 <= wall.hour < 5
    starts_at = wall.isoformat() if alone else its.starts_at.isoformat()
    yield from (its.name, its.phone, starts_at, its.zone, its.kind, its.state, "en_US")


def _send_at(entry: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(entry["params"]["SendAt"][0])
