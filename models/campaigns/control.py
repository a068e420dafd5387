"""A person's hand on a run: pause, resume, cancel, change of rate. The state machine of runs is here.

    scheduled ─→ planning ─→ sending ─→ finished
        └───────────┴───────────┤
             paused ←───────────┘      (and back, by resume)
    canceled ←── any of them but finished

Each function is one transaction's work; the caller commits at once. Every claim and the gate before every request
read what is changed here, so that it holds within about a second on all workers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from models.campaigns.runs import Run, load_run, move_run
from models.campaigns.starting import Resumed, resume_after_fix
from models.campaigns.tables import RunState
from models.campaigns.timeline import Actor, Event, What, note
from models.pacing import closed_seconds, sender_key
from models.senders import load_sender
from models.slowing import A_PERSONS_SECONDS

LIVE = (RunState.SCHEDULED, RunState.PLANNING, RunState.SENDING)
"""States in which messages leave, or will when their time has come."""
UNFINISHED = (*LIVE, RunState.PAUSED)

_LOCK = text("SELECT FROM campaign_runs WHERE id = :run_id FOR UPDATE")

_NAME = text("SELECT c.name FROM campaign_runs r JOIN campaigns c ON c.id = r.campaign_id WHERE r.id = :run_id")

_COUNTRIES = text("SELECT count(*) FROM country_pauses WHERE sender_id = :sender_id")

_CANCEL_ROWS = text("""
    UPDATE messages SET state = 'canceled', updated_at = :now
    WHERE campaign_run_id = :run_id AND state = 'planned'
""")

_CAMPAIGN_RATE = text("UPDATE campaigns SET rate = :rate WHERE id = :campaign_id")

_RUN_RATE = text("""
    INSERT INTO budgets (key, rate, free_at) VALUES ('run:' || CAST(:run_id AS text), :rate, clock_timestamp())
    ON CONFLICT (key) DO UPDATE SET rate = EXCLUDED.rate
""")

_NO_RUN_RATE = text("DELETE FROM budgets WHERE key = 'run:' || CAST(:run_id AS text)")

_IS = {
    RunState.SCHEDULED: "is scheduled",
    RunState.PLANNING: "is being planned",
    RunState.SENDING: "is being sent",
    RunState.PAUSED: "is paused",
    RunState.FINISHED: "has finished",
    RunState.CANCELED: "was canceled",
}
_INSTEAD: Mapping[RunState, str] = {
    RunState.SCHEDULED: "it begins by itself",
    RunState.PLANNING: "it goes on by itself",
    RunState.SENDING: "it goes on by itself; if nothing leaves, start it again",
    RunState.PAUSED: "resume or cancel it",
    RunState.FINISHED: "start it with a new --occurrence to send it again",
    RunState.CANCELED: "start it with a new --occurrence to send it again",
}


class WrongState(TidingsError):
    """The run is in a state from which what was asked does not lead anywhere; the text says what does."""


@dataclass(frozen=True, slots=True)
class Rate:
    """SMS segments a second: the run's own (None: it has none), its sender's, and the lower one, which holds."""

    own: float | None
    sender: float

    @property
    def effective(self) -> float:
        """What the run is sent at."""
        return self.sender if self.own is None else min(self.own, self.sender)


async def pause(
    connection: AsyncConnection, run: Run, *, reason: str, actor: Actor = Actor.PERSON, now: datetime
) -> Run:
    """Stops sending until someone resumes it; what workers hold goes back to planned. Raises `WrongState`."""
    await _require(connection, await _locked(connection, run), LIVE, "paused")
    await move_run(connection, run.id, to=RunState.PAUSED, only_from=LIVE, now=now, reason=reason)
    await note(connection, run.id, Event(What.PAUSED, actor, at=now, why=reason))
    return await load_run(connection, run.id)


async def resume(
    connection: AsyncConnection, run: Run, *, reason: str | None = None, actor: Actor = Actor.PERSON, now: datetime
) -> Resumed:
    """Sets going whatever keeps the run from sending: its own pause, its sender's or countries', a long rest.

    The flow run that was sending it may have ended meanwhile: the caller starts one. Raises `WrongState`.
    """
    run = await _locked(connection, run)
    stopped = (
        run.stopped_because
        or (await connection.execute(_COUNTRIES, {"sender_id": run.sender_id})).scalar()
        or await closed_seconds(connection, [sender_key(run.sender_id)]) > A_PERSONS_SECONDS
    )
    await _require(connection, run, UNFINISHED if stopped else (RunState.PAUSED,), "resumed")
    sender = await load_sender(connection, run.sender_id)
    return await resume_after_fix(connection, run, sender=sender, reason=reason, actor=actor, now=now)


async def cancel(
    connection: AsyncConnection, run: Run, *, reason: str, actor: Actor = Actor.PERSON, now: datetime
) -> Run:
    """Ends the run for good: no request begins any more once this is committed. Raises `WrongState`.

    Then call `cancel_planned` in a transaction of its own: with a million rows it takes seconds, and must not hold
    the word back. What is not known to have been sent stays `unknown`.
    """
    await _require(connection, await _locked(connection, run), UNFINISHED, "canceled")
    await move_run(connection, run.id, to=RunState.CANCELED, only_from=UNFINISHED, now=now, reason=reason)
    await note(connection, run.id, Event(What.CANCELED, actor, at=now, why=reason))
    return await load_run(connection, run.id)


async def cancel_planned(connection: AsyncConnection, run_id: UUID, *, now: datetime) -> int:
    """Closes what a canceled run had still planned, and says how much; `expire_overdue` repeats it."""
    return (await connection.execute(_CANCEL_ROWS, {"run_id": run_id, "now": now})).rowcount


async def change_rate(
    connection: AsyncConnection, run: Run, rate: float | None, *, actor: Actor = Actor.PERSON, now: datetime
) -> Rate:
    """Sets the rate of the campaign and of this run, in SMS segments a second above 0; None is the sender's.

    What was granted at the old rate leaves within a second. Raises `WrongState`.
    """
    await _require(connection, await _locked(connection, run), UNFINISHED, "given another rate")
    values: dict[str, Any] = {"run_id": run.id, "campaign_id": run.campaign_id, "rate": rate}
    await connection.execute(_CAMPAIGN_RATE, values)
    await connection.execute(_NO_RUN_RATE if rate is None else _RUN_RATE, values)
    sender = await load_sender(connection, run.sender_id)
    await note(connection, run.id, Event(What.RATE_CHANGED, actor, at=now, detail={"segments_per_second": rate}))
    return Rate(own=rate, sender=sender.rate)


async def _locked(connection: AsyncConnection, run: Run) -> Run:
    """The run as it stands now, and until the end of the transaction."""
    await connection.execute(_LOCK, {"run_id": run.id})
    return await load_run(connection, run.id)


async def _require(connection: AsyncConnection, run: Run, states: tuple[RunState, ...], done: str) -> None:
    if run.state in states:
        return
    name = (await connection.execute(_NAME, {"run_id": run.id})).scalar_one()
    raise WrongState(
        f'The run "{run.occurrence}" of "{name}" {_IS[run.state]} and cannot be {done}; {_INSTEAD[run.state]}.'
    )
