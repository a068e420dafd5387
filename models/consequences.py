"""What verdicts on messages mean beyond the messages: pauses, a slower sender, something for people to see."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.bursts import Burst
from messaging.outcomes import Action, OutcomeClass, Scope, Verdict
from models.campaigns.timeline import Actor, Event, What, note_for_sender
from models.incidents import CodeSeen, IncidentKind, count_code
from models.pauses import Pause, pause
from models.slowing import close_sender, slow_down

SLOWED = "sender_slowed"
"""An alarm that is no incident: the sender recovers by itself."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A verdict on one message of a sender, and of a run unless the message belongs to none."""

    verdict: Verdict
    message_id: int
    sender_id: UUID
    run_id: UUID | None
    country: str | None


@dataclass(frozen=True, slots=True)
class Alarm:
    """What people should hear at once; no number and no text of a message is in it."""

    kind: str
    reason: str
    code: int | None
    scope: Scope
    sender_id: UUID
    run_id: UUID | None

    def particulars(self) -> dict[str, str | int | None]:
        """All but its kind, for logs and events."""
        return {
            "code": self.code,
            "scope": self.scope.value,
            "reason": self.reason,
            "sender_id": str(self.sender_id),
            "run_id": str(self.run_id) if self.run_id else None,
        }


def matters(verdict: Verdict) -> bool:
    """Whether the verdict has consequences beyond its message (bursts and opt-outs are seen to elsewhere)."""
    return (
        verdict.kind is OutcomeClass.UNKNOWN_CODE
        or verdict.retry_after is not None
        or verdict.action in (Action.PAUSE, Action.SLOW_DOWN, Action.HOLD, Action.ALERT)
    )


async def carry_out(connection: AsyncConnection, sightings: Sequence[Sighting], *, now: datetime) -> list[Alarm]:
    """Carries out, in the caller's transaction, what follows; returns what is new to people.

    Carrying out the same again changes nothing but counts.
    """
    places = defaultdict(list)
    for sighting in sightings:
        if matters(sighting.verdict):
            places[sighting.sender_id, sighting.run_id].append(sighting)
    alarms: list[Alarm] = []
    for place in sorted(places, key=str):
        alarms += await _pause(connection, places[place], now=now)
        alarms += await _count(connection, places[place], now=now)
        alarms += await _slow_down(connection, places[place], now=now)
    return alarms


async def pause_for_burst(
    connection: AsyncConnection, burst: Burst, *, run_id: UUID, sender_id: UUID, now: datetime
) -> list[Alarm]:
    """Pauses what the burst concerns; nothing when it did not send any more."""
    cause = Pause(burst.cause.scope, burst.reason, burst.cause.code)
    if not await pause(connection, cause, run_id=run_id, sender_id=sender_id, now=now):
        return []
    return [Alarm(IncidentKind.SCOPE_PAUSED, cause.reason, cause.code, cause.scope, sender_id, run_id)]


async def _pause(connection: AsyncConnection, sightings: Sequence[Sighting], *, now: datetime) -> list[Alarm]:
    one = sightings[0]
    causes = {_cause(sighting) for sighting in sightings if sighting.verdict.action is Action.PAUSE}
    return [
        Alarm(IncidentKind.SCOPE_PAUSED, cause.reason, cause.code, cause.scope, one.sender_id, one.run_id)
        for cause in sorted(causes, key=repr)
        if await pause(connection, cause, run_id=one.run_id, sender_id=one.sender_id, now=now)
    ]


def _cause(sighting: Sighting) -> Pause:
    verdict = sighting.verdict
    country = sighting.country if verdict.scope is Scope.COUNTRY else None
    scope = Scope.SENDER if verdict.scope is Scope.COUNTRY and country is None else verdict.scope
    return Pause(scope=scope, reason=verdict.sentence, code=verdict.code, country=country)


async def _count(connection: AsyncConnection, sightings: Sequence[Sighting], *, now: datetime) -> list[Alarm]:
    told = defaultdict(list)
    for sighting in sightings:
        kind = _kind(sighting.verdict)
        if kind is not None:
            told[kind, sighting.verdict.code].append(sighting)
    alarms = []
    for (kind, code), same in told.items():
        first, verdict = same[0], same[0].verdict
        alarm = Alarm(kind, verdict.sentence, code, verdict.scope, first.sender_id, first.run_id)
        seen = CodeSeen(**asdict(alarm), message_id=first.message_id, messages=len(same))
        if await count_code(connection, seen, now=now):
            alarms.append(alarm)
    return alarms


def _kind(verdict: Verdict) -> IncidentKind | None:
    if verdict.kind is OutcomeClass.UNKNOWN_CODE:
        return IncidentKind.UNKNOWN_CODE
    return IncidentKind.TWILIO_WARNING if verdict.action in (Action.ALERT, Action.HOLD) else None


async def _slow_down(connection: AsyncConnection, sightings: Sequence[Sighting], *, now: datetime) -> list[Alarm]:
    """Last, because the budget stays locked until the commit, and every worker needs it."""
    await _rest(connection, sightings, now=now)
    complaint = next((each for each in sightings if each.verdict.action is Action.SLOW_DOWN), None)
    slowed = await slow_down(connection, complaint.sender_id) if complaint else None
    if complaint is None or slowed is None:
        return []
    verdict = complaint.verdict
    if slowed.was_well:
        detail = {"code": verdict.code, "segments_per_second": round(slowed.segments_per_second, 2)}
        event = Event(What.SLOWED_DOWN, Actor.TWILIO, at=now, why=verdict.sentence, detail=detail)
        await note_for_sender(connection, complaint.sender_id, event)
    return [Alarm(SLOWED, verdict.sentence, verdict.code, Scope.SENDER, complaint.sender_id, complaint.run_id)]


async def _rest(connection: AsyncConnection, sightings: Sequence[Sighting], *, now: datetime) -> None:
    """Closes the sender for the longest wait that Twilio asked for, or that a limit of the day needs."""
    longest = max(sightings, key=lambda each: _rest_seconds(each.verdict))
    seconds = _rest_seconds(longest.verdict)
    if not seconds or not await close_sender(connection, longest.sender_id, seconds=seconds):
        return
    if longest.verdict.action is Action.HOLD:
        detail = {"code": longest.verdict.code, "seconds": round(seconds)}
        event = Event(What.RESTS, Actor.TWILIO, at=now, why=longest.verdict.sentence, detail=detail)
        await note_for_sender(connection, longest.sender_id, event)


def _rest_seconds(verdict: Verdict) -> float:
    held = verdict.wait if verdict.action is Action.HOLD else None
    return max(held or 0.0, verdict.retry_after or 0.0)
