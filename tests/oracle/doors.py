"""The product's own doors: each step goes through the function that its command, webhook or flow calls."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import singledispatchmethod
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from models.campaigns.plan import plan
from models.campaigns.runs import ensure_run
from models.campaigns.tables import ONCE
from models.consent.evidence import Evidence
from models.consent.recording import Declaration, record
from models.consent.tables import ConsentMethod, ConsentState
from models.imports.contacts_file import ContactsFile
from models.imports.file_import import import_file
from models.imports.rules import ImportRules
from models.inbound.handling import handle_inbound
from models.inbound.payload import InboundMessage
from models.messages.direct.drafts import Draft, Posting
from models.messages.direct.planning import plan_direct
from models.policy.store import set_policy
from models.reach.ending import someone_knows
from models.replies.terms import ReplyTerms
from models.reviews.deciding import Decision, decide
from models.reviews.tables import ReviewState
from models.rights.beginning import ErasureOrder
from models.senders import MessageType
from tasks.chunk import send_due
from tasks.equipment import Equipment
from tasks.erasing import erase_person
from tests.integration.population import add_campaign
from tests.oracle.steps import (
    Decided,
    Erased,
    Imported,
    Planned,
    Posted,
    Reached,
    Recorded,
    Row,
    Ruled,
    Sent,
    Step,
    Wrote,
)
from tests.simulator.running import ACCOUNT_SID, OTHER_SERVICE, SERVICE, Twilio

SERVICES = {"marketing": SERVICE, "transactional": OTHER_SERVICE}
TOGETHER = 200
"""How many steps share a transaction where nothing else has to see them."""
TERMS = ReplyTerms(per_minute=5, public_base_url="http://127.0.0.1:9")

_REVIEW = text("SELECT id FROM consent_reviews WHERE phone = :phone AND state = 'open'")
_LABELS = """
    SELECT CASE WHEN c.standing THEN m.body ELSE c.name END AS label, m.phone, m.state::text AS state,
        m.skip_reason, m.send_after
    FROM messages m JOIN campaign_runs r ON r.id = m.campaign_run_id JOIN campaigns c ON c.id = r.campaign_id
    WHERE m.direction = 'outbound' AND m.phone <> ''
"""
_ROWS = text(_LABELS)
_RUNS = text("""
    SELECT r.id FROM campaign_runs r JOIN campaigns c ON c.id = r.campaign_id
    WHERE r.planned_at IS NOT NULL ORDER BY c.standing, c.name, c.kind
""")


@dataclass(frozen=True)
class Stands:
    """What has become of a message after a sending."""

    state: str
    reason: str | None
    due: datetime


@dataclass
class BusinessClock:
    """Stands still until the next step."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Doors:
    """Plays the steps; `taken` is what Twilio took, by the sending, `rows` what our books said after it."""

    tools: Equipment
    clock: BusinessClock
    twilio: Twilio
    organization_id: UUID
    folder: Path
    sids: Any = field(default_factory=lambda: count(1))
    seen: int = 0
    taken: set[tuple[int, str, str]] = field(default_factory=set)
    twice: list[tuple[str, str]] = field(default_factory=list)
    rows: dict[int, dict[tuple[str, str], Stands]] = field(default_factory=dict)

    async def play(self, steps: Sequence[Step]) -> None:
        """All of them, in their order; those that need no connection of their own in common transactions."""
        waiting: list[Step] = []
        for step in steps:
            if isinstance(step, Imported | Erased | Sent):
                await self._together(waiting)
                waiting = []
                self.clock.now = step.at
                await self.alone(step)
            else:
                waiting.append(step)
        await self._together(waiting)

    async def _together(self, steps: Sequence[Step]) -> None:
        for first in range(0, len(steps), TOGETHER):
            async with self.tools.engine.begin() as connection:
                for step in steps[first : first + TOGETHER]:
                    self.clock.now = step.at
                    await self.within(step, connection)

    @singledispatchmethod
    async def alone(self, step: Step) -> None:
        """A step that makes its own transactions."""
        raise NotImplementedError(step)

    @alone.register
    async def _(self, step: Imported) -> None:
        path = self.folder / "people.csv"
        path.write_text(_csv(step), encoding="utf-8")
        rules = _rules(step.method)
        await import_file(self.tools.engine, path, ContactsFile(rules, step.at), organization="default")

    @alone.register
    async def _(self, step: Erased) -> None:
        order = ErasureOrder(organization_id=self.organization_id, phone=step.phone, actor="Ada", why="asked")
        await erase_person(self.tools, order)

    @alone.register
    async def _(self, step: Sent) -> None:
        async with self.tools.engine.connect() as connection:
            runs = list((await connection.execute(_RUNS)).scalars())
        for run_id in runs:
            await send_due(self.tools, run_id, most=1_000_000)
        await self._look(step.number)

    @singledispatchmethod
    async def within(self, step: Step, connection: AsyncConnection) -> None:
        """A step in the caller's transaction."""
        raise NotImplementedError(step)

    @within.register
    async def _(self, step: Ruled, connection: AsyncConnection) -> None:
        await set_policy(connection, self.organization_id, step.rules.written, actor="Ada", now=step.at)

    @within.register
    async def _(self, step: Recorded, connection: AsyncConnection) -> None:
        said = Declaration(
            organization_id=self.organization_id,
            phone=step.phone,
            message_type=MessageType(step.kind),
            topic=step.topic,
            channel=step.channel,
            state=ConsentState.OPTED_IN if step.says == "yes" else ConsentState.OPTED_OUT,
            method=ConsentMethod(step.method),
            source="a form",
            given_at=step.given_at,
            actor="Ada",
            evidence=Evidence(proof="sale 7", wording="No thanks: [ ]"),
        )
        await _unless_refused(record(connection, said, now=step.at))

    @within.register
    async def _(self, step: Wrote, connection: AsyncConnection) -> None:
        message = InboundMessage(
            twilio_sid=f"SM{next(self.sids):032x}",
            account_sid=ACCOUNT_SID,
            phone=step.phone,
            our_number="+12025550100",
            service_sid=SERVICES[step.to],
            body=step.body,
            country=step.country,
        )
        await handle_inbound(connection, message, now=step.at, terms=TERMS)

    @within.register
    async def _(self, step: Decided, connection: AsyncConnection) -> None:
        review = (await connection.execute(_REVIEW, {"phone": step.phone})).scalar_one_or_none()
        if review is not None:
            state = ReviewState.KEPT if step.kept else ReviewState.OPTED_OUT
            decision = Decision(review_id=review, state=state, actor="Ada")
            await decide(connection, decision, organization_id=self.organization_id, now=step.at)

    @within.register
    async def _(self, step: Reached, connection: AsyncConnection) -> None:
        await someone_knows(connection, self.organization_id, actor="Ada", now=step.at, phone=step.phone)

    @within.register
    async def _(self, step: Planned, connection: AsyncConnection) -> None:
        campaign = await add_campaign(
            connection,
            self.organization_id,
            name=step.label,
            kind=step.kind,
            topic=step.topic,
            body=step.label,
            send_before=step.ends,
            audience={"countries": list(step.countries)} if step.countries else {},
        )
        run = await ensure_run(connection, campaign, occurrence=ONCE, now=step.at)
        await plan(connection, campaign, run, now=step.at, window=timedelta(hours=1), keeps_hours=True)

    @within.register
    async def _(self, step: Posted, connection: AsyncConnection) -> None:
        about = Posting(
            organization_id=self.organization_id,
            cause="the oracle",
            now=step.at,
            message_type=MessageType(step.kind),
            topic=step.topic,
        )
        known = await connection.execute(
            text("SELECT 1 FROM contacts WHERE phone = :phone"), {"phone": step.phone}
        )
        if known.scalar_one_or_none():
            await plan_direct(connection, Draft(to=step.phone, body=step.label), about)

    async def _look(self, number: int) -> None:
        while True:
            page = await self.twilio.get(f"messages?after={self.seen}&limit=10000")
            for entry in page["messages"]:
                self.seen = max(self.seen, int(entry["number"]))
                if entry["sid"]:
                    self._take(number, str(entry["params"]["Body"][0]), str(entry["to"]))
            if page["next_after"] is None:
                break
        async with self.tools.engine.connect() as connection:
            self.rows[number] = {
                (row.label, row.phone): Stands(row.state, row.skip_reason, row.send_after)
                for row in await connection.execute(_ROWS)
            }

    def _take(self, number: int, label: str, phone: str) -> None:
        if any(key in self.taken for key in ((earlier, label, phone) for earlier in range(number + 1))):
            self.twice.append((label, phone))
        self.taken.add((number, label, phone))


def _rules(method: str) -> ImportRules:
    return ImportRules(method=method, source="newsletter form")  # type: ignore[arg-type]  # one of those allowed


async def _unless_refused(deed: Any) -> None:
    """A yes that something stands against is refused with a sentence; nothing happens then."""
    try:
        await deed
    except TidingsError:
        return


def _csv(step: Imported) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        [
            *("phone", "timezone", "region", "postcode"),
            *("consent_marketing", "consent_at", "consent_proof", "consent_wording"),
        ]
    )
    writer.writerows(_cells(phone, row) for phone, row in step.rows.items())
    return out.getvalue()


def _cells(phone: str, row: Row) -> list[str]:
    place, said_at = row.place, row.said_at
    when = said_at.isoformat() if said_at else ""
    return [
        *(phone, place.timezone or "", place.region or "", place.postcode or ""),
        *(row.says, when, "sale 7", "No thanks: [ ]"),
    ]
