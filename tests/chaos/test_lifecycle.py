"""Any order of what can happen to messages keeps the promises: a state machine against a tiny model of Twilio."""

import asyncio
import os
from collections import Counter
from collections.abc import Coroutine
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import HealthCheck
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from messaging.settings import Settings
from messaging.statuses import ORDER, MessageState
from models.bootstrap import upsert_organization
from models.campaigns.control import cancel, cancel_planned, pause, resume
from models.campaigns.report import read_report
from models.campaigns.runs import load_run
from models.campaigns.tables import RunState
from models.engine import new_engine
from models.messages.statuses import apply_statuses
from tests.chaos.lifecycle import PEOPLE, Life
from tests.integration.population import phone

T = TypeVar("T")
FATES = ("accepted", "answer lost", "request lost", "too many", "refused")
ENDED = ("skipped", "canceled", "expired", "failed")
ANY = st.integers(0, 99)


class LifeCycle(RuleBasedStateMachine):
    """Rules are what workers, Twilio, settler, people and time do; after each, the invariants hold."""

    settings: Settings

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.engine = new_engine(self.settings, application="lifecycle")
        self.seen: dict[int, str] = {}

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(work)

    @initialize()
    def begin(self) -> None:
        self.life = self.do(self._begin())

    async def _begin(self) -> Life:
        connection = await self.engine.connect()
        await connection.begin()
        await upsert_organization(connection, self.settings)
        found = await connection.execute(text("SELECT id FROM organizations WHERE slug = 'default'"))
        life = Life(connection, UUID(str(found.scalar_one())))
        await life.begin()
        return life

    @rule(run=st.integers(0, 1), most=st.integers(1, PEOPLE))
    def claim(self, run: int, most: int) -> None:
        self.do(self.life.claim(self.life.runs[run], most=most))

    @rule(
        run=st.integers(0, 1),
        fates=st.lists(st.sampled_from(FATES), min_size=1, max_size=PEOPLE),
        record=st.booleans(),
    )
    def work(self, run: int, fates: list[str], record: bool) -> None:  # noqa: FBT001 (hypothesis calls it)
        """A worker from claim to record, or to its death before it recorded anything."""
        self.do(self._work(run, fates, record=record))

    async def _work(self, run: int, fates: list[str], *, record: bool) -> None:
        life, held, unrecorded = self.life, list(self.life.held), list(self.life.unrecorded)
        await life.claim(life.runs[run], most=len(fates))
        taken = [each for each in life.held if each not in held]
        for each, fate in zip(taken, fates, strict=False):
            await life.send(each, fate=fate)
        answers = [each for each in life.unrecorded if each not in unrecorded]
        if record:
            await life.write(answers)
        else:
            life.unrecorded = unrecorded

    @precondition(lambda self: self.life.held)
    @rule(which=ANY, fate=st.sampled_from(FATES), life=st.integers(0, 2))
    def send(self, which: int, fate: str, life: int) -> None:
        self.do(self.life.send(self.life.held[which % len(self.life.held)], fate=fate, life=life))

    @precondition(lambda self: self.life.held)
    @rule(which=ANY)
    def give_back(self, which: int) -> None:
        self.do(self.life.give_back(self.life.held[which % len(self.life.held)]))

    @precondition(lambda self: self.life.unrecorded)
    @rule(which=ANY)
    def record(self, which: int) -> None:
        self.do(self.life.write([self.life.unrecorded[which % len(self.life.unrecorded)]]))

    @precondition(lambda self: self.life.held or self.life.unrecorded)
    @rule()
    def kill_the_workers(self) -> None:
        self.life.held.clear()
        self.life.unrecorded.clear()

    @precondition(lambda self: self.life.twilio.created)
    @rule(which=ANY)
    def deliver(self, which: int) -> None:
        self.life.twilio.created[which % len(self.life.twilio.created)].advance()

    @precondition(lambda self: self.life.twilio.created)
    @rule(which=st.lists(st.tuples(ANY, st.integers(0, 4)), min_size=1, max_size=4))
    def call_back(self, which: list[tuple[int, int]]) -> None:
        created = self.life.twilio.created
        reports = [created[number % len(created)].report(place) for number, place in which]
        self.do(apply_statuses(self.life.connection, reports, now=self.life.now))

    @rule()
    def settle(self) -> None:
        self.do(self.life.settle())

    @rule(noticed=st.booleans())
    def pass_time(self, noticed: bool) -> None:  # noqa: FBT001 (hypothesis calls it)
        self.do(self.life.pass_time(noticed=noticed))

    @precondition(lambda self: self.life.held)
    @rule(which=ANY)
    def say_stop_in_the_last_moment(self, which: int) -> None:
        """After the claim, before the request."""
        held = self.life.held[which % len(self.life.held)]
        self.do(self.life.say_stop(held.message.phone))
        self.do(self.life.send(held, fate="accepted"))

    @precondition(lambda self: self.life.held)
    @rule(which=ANY, fate=st.sampled_from(FATES))
    def wake_after_others_did_the_work(self, which: int, fate: str) -> None:
        """A frozen worker's message was lost, settled and taken by another, before it wakes."""
        held = self.life.held[which % len(self.life.held)]
        self.do(self.life.pass_time(noticed=False))
        self.do(self.life.settle())
        for number in range(len(self.life.runs)):
            self.do(self._work(number, [fate] * PEOPLE, record=True))
        self.do(self.life.send(held, fate="accepted"))

    @rule(number=ANY, order=st.sampled_from(["pause", "resume", "resume", "pause", "resume", "cancel", "STOP"]))
    def say(self, number: int, order: str) -> None:
        """One rule for all, so that not everything ends soon."""
        if order == "STOP":
            self.do(self.life.say_stop(phone(number % PEOPLE)))
        else:
            self.do(self._control(number % len(self.life.runs), order))

    async def _control(self, number: int, order: str) -> None:
        connection, now = self.life.connection, self.life.now
        run = await load_run(connection, self.life.runs[number].id)
        if order == "resume" and run.state is RunState.PAUSED:
            await resume(connection, run, now=now)
        elif order == "pause" and run.state is RunState.SENDING:
            await pause(connection, run, reason="a trial", now=now)
        elif order == "cancel" and run.state in (RunState.SENDING, RunState.PAUSED):
            await cancel(connection, run, reason="a trial", now=now)
            await cancel_planned(connection, run.id, now=now)

    @invariant()
    def nobody_gets_more_than_was_planned(self) -> None:
        """By person and words: of two campaigns with the same words, either may own either message."""
        sent = Counter(created.to for created in self.life.twilio.created)
        assert all(messages <= len(self.life.runs) for messages in sent.values()), "sent twice"

    @invariant()
    def rows_only_grow_and_their_sids_are_twilios_own(self) -> None:
        """But for what was not sent: that may be planned again."""
        created = {each.sid: each for each in self.life.twilio.created}
        for row in self.do(self.life.rows()):
            before = self.seen.get(row["id"], "planned")
            grown = ORDER[MessageState(row["state"])] >= ORDER[MessageState(before)]
            assert grown or (row["state"] == "planned" and before in ("claimed", "unknown")), (
                before,
                row["state"],
            )
            self.seen[row["id"]] = row["state"]
            if row["twilio_sid"] is not None:
                assert created[row["twilio_sid"]].to == row["phone"]
                assert row["state"] not in ("planned", "claimed", "unknown")

    @invariant()
    def reports_add_up(self) -> None:
        for run in self.life.runs:
            report = self.do(read_report(self.life.connection, run.id, now=self.life.now))
            assert sum(report.states.values()) == report.audience == PEOPLE

    def teardown(self) -> None:
        """Left in peace, everything comes to its end: nobody is lost, nothing is undecided."""
        try:
            if hasattr(self, "life"):
                self.do(self._end())
        finally:
            self.do(self.engine.dispose())
            self.loop.close()

    async def _end(self) -> None:
        life = self.life
        for number in range(len(life.runs)):
            await self._control(number, "resume")
        for _ in range(3):
            await life.write(list(life.unrecorded))
            await life.pass_time()
            await life.settle()
            for run in life.runs:
                await life.claim(run, most=PEOPLE)
            for held in list(life.held):
                await life.send(held, fate="accepted")
        await life.write(list(life.unrecorded))
        rows = await life.rows()
        left = [row["state"] for row in rows if row["twilio_sid"] is None and row["state"] not in ENDED]
        twice = await self._incidents()
        await life.connection.close()
        assert left == [], "lost or undecided"
        owned = Counter(row["phone"] for row in rows if row["twilio_sid"])
        sent = Counter(created.to for created in life.twilio.created)
        assert sent == owned or twice, "a message of nobody's"

    async def _incidents(self) -> int:
        found = await self.life.connection.execute(
            text("SELECT count(*) FROM incidents WHERE kind = 'second_sid'")
        )
        return int(found.scalar_one())


def test_any_order_of_events_keeps_the_promises(settings: Settings) -> None:
    machine = type("LifeCycleHere", (LifeCycle,), {"settings": settings})
    asked = examples(
        max_examples=int(os.environ.get("TIDINGS_CHAOS_EXAMPLES", "12")),
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=asked)
