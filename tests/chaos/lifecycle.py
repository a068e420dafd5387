"""The life of messages in the database, step by step, with a worker's memory and time in the test's hands.

One transaction is the whole world of an example, and is rolled back. Time passes by making rows older: leases and
grace run by the database's clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.callbacks import CallbackRef
from messaging.outcomes import ACCEPTED, MAYBE_SENT, Outcome, classify_rejection
from messaging.templates import Template
from models.campaigns.plan import plan
from models.campaigns.rendering import compile_stored
from models.campaigns.runs import Run, ensure_run, load_run
from models.campaigns.tables import ONCE
from models.columns import utc_now
from models.consent.opt_out import opt_out
from models.consent.tables import ConsentMethod
from models.messages.claim import claim
from models.messages.gate import GateVerdict, objections
from models.messages.judging import ClaimedMessage
from models.messages.record import record
from models.messages.results import Result, Returned
from models.settling.apply import Listed, Terms, settle_batch
from models.settling.candidates import doubtful_numbers, lose_expired_claims
from tasks.findings import held_back, replied
from tests.chaos.twilio_model import LIVES, TwilioModel
from tests.conftest import ACCOUNT_SID
from tests.integration.population import add_campaign, add_contact, phone

PEOPLE = 3
LEASE, GRACE, STEP = timedelta(seconds=60), timedelta(seconds=120), timedelta(minutes=10)
BODY = "Hi {{ first_name }}"

_OLDER = text("""
    UPDATE messages
    SET claimed_at = claimed_at - CAST(:by AS interval), lease_until = lease_until - CAST(:by AS interval)
    WHERE claimed_at IS NOT NULL
""")
_LOOK_SOONER = text("UPDATE settlements SET look_again_at = look_again_at - CAST(:by AS interval)")
_ROWS = text("SELECT id, phone, state::text, twilio_sid, campaign_run_id FROM messages ORDER BY id")


@dataclass
class Held:
    """A message in a worker's hands, or what it has yet to record of it."""

    claim_id: UUID
    message: ClaimedMessage
    may_begin: bool = True


@dataclass
class Unrecorded:
    """An answer, or the lack of one, that is in a worker's memory only."""

    claim_id: UUID
    result: Result


@dataclass
class Life:
    """Two campaigns with the same words to the same people: the hardest case for settling."""

    connection: AsyncConnection
    organization_id: UUID
    twilio: TwilioModel = field(default_factory=TwilioModel)
    runs: list[Run] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    unrecorded: list[Unrecorded] = field(default_factory=list)
    opted_out: set[str] = field(default_factory=set)
    ahead: timedelta = timedelta()

    @property
    def now(self) -> datetime:
        """Business time."""
        return utc_now() + self.ahead

    @property
    def template(self) -> Template:
        """The words of both campaigns."""
        return compile_stored(BODY)

    async def begin(self) -> None:
        """Contacts who agreed, and both campaigns planned."""
        for number in range(PEOPLE):
            consent = {"marketing": "opted_in"}
            await add_contact(self.connection, self.organization_id, phone(number), consent=consent)
        for name in ("One", "Two"):
            campaign = await add_campaign(self.connection, self.organization_id, name=name, body=BODY)
            run = await ensure_run(self.connection, campaign, occurrence=ONCE, now=self.now)
            await plan(self.connection, campaign, run, now=self.now, window=timedelta(days=30))
            self.runs.append(await load_run(self.connection, run.id))

    async def claim(self, run: Run, *, most: int) -> None:
        """A worker takes messages."""
        taken = await claim(
            self.connection,
            run.id,
            template=self.template,
            most=most,
            lease=LEASE.total_seconds(),
            now=self.now,
            hours_margin=None,
        )
        assert len(taken.messages) <= most
        self.held += [Held(taken.id, message) for message in taken.messages]

    async def send(self, held: Held, *, fate: str, life: int = 0) -> None:
        """Gate and request in one, with the fate that the request has at Twilio."""
        self.held.remove(held)
        message = held.message
        against = await objections(self.connection, claim_id=held.claim_id, ids=[message.id], now=self.now)
        verdict = against.get(message.id, GateVerdict.GO) if held.may_begin else GateVerdict.LOST
        if verdict is not GateVerdict.GO:
            self.unrecorded.append(Unrecorded(held.claim_id, held_back(message, verdict).result))
            return
        assert message.phone not in self.opted_out, "sent after an opt-out"
        outcome = self._request(message, fate=fate, life=life)
        self.unrecorded.append(Unrecorded(held.claim_id, replied(message, outcome, now=self.now).result))

    def _request(self, message: ClaimedMessage, *, fate: str, life: int) -> Outcome:
        if fate in ("accepted", "answer lost"):
            ref = CallbackRef(message.id, message.attempt)
            made = self.twilio.create(message.phone, message.body, ref, life=LIVES[life])
            if fate == "accepted":
                return Outcome.of(ACCEPTED, sid=made.sid, status="accepted", http_status=201)
        if fate in ("answer lost", "request lost"):
            return Outcome.of(MAYBE_SENT)
        code, status = (20429, 429) if fate == "too many" else (21211, 400)
        return Outcome.of(classify_rejection(http_status=status, code=code), http_status=status)

    async def give_back(self, held: Held) -> None:
        """A worker that is told to stop returns what it has not begun."""
        self.held.remove(held)
        self.unrecorded.append(Unrecorded(held.claim_id, Returned(held.message.id)))

    async def write(self, unrecorded: Sequence[Unrecorded]) -> None:
        """A worker records what it knows, however late."""
        for one in unrecorded:
            await record(
                self.connection, [one.result], claim_id=one.claim_id, account_sid=ACCOUNT_SID, now=self.now
            )
            if one in self.unrecorded:
                self.unrecorded.remove(one)

    async def settle(self) -> None:
        """One pass as `tasks.settling` makes it, on the model's list."""
        await lose_expired_claims(self.connection, now=self.now)
        numbers = await doubtful_numbers(self.connection, account_sid=ACCOUNT_SID, after="", most=100)
        listed = {
            number.phone: Listed(asked_at=number.asked_at, messages=self.twilio.to_number(number.phone))
            for number in numbers
        }
        if listed:
            terms = Terms(account_sid=ACCOUNT_SID, lease=LEASE, grace=GRACE, now=self.now)
            await settle_batch(self.connection, listed, terms=terms)

    async def pass_time(self, *, noticed: bool = True) -> None:
        """More than lease and grace pass: no request of before is under way, none of before may begin.

        A worker whose own clock has not `noticed` is held back by the database's word alone.
        """
        by = {"by": STEP}
        await self.connection.execute(_OLDER, by)
        await self.connection.execute(_LOOK_SOONER, by)
        self.ahead += STEP
        self.twilio.pass_time(STEP)
        for each in self.held:
            each.may_begin = each.may_begin and not noticed

    async def say_stop(self, person: str) -> None:
        """A person opts out."""
        await opt_out(
            self.connection,
            organization_id=self.organization_id,
            phones=[person],
            method=ConsentMethod.KEYWORD,
            source="STOP",
            message_sids=[None],
            now=self.now,
        )
        self.opted_out.add(person)

    async def rows(self) -> list[dict[str, Any]]:
        """Every outbound message as it stands."""
        return [dict(row) for row in (await self.connection.execute(_ROWS)).mappings()]
