"""What Twilio's final statuses mean beyond their messages: consequences of failures, and bursts of them."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.bursts import BurstWatch, Cause, cause_of
from messaging.outcomes import Stage, classify_delivery
from messaging.statuses import MessageState
from models.consequences import Alarm, Sighting, carry_out, matters, pause_for_burst
from models.messages.status_reports import MessageStatus

_ENDS = frozenset({MessageState.DELIVERED, MessageState.UNDELIVERED, MessageState.FAILED})

_PLACES = text("""
    SELECT id, sender_id, campaign_run_id, country FROM messages
    WHERE id = ANY(:ids) AND sender_id IS NOT NULL
""")
_SENDERS = text("SELECT id, sender_id FROM campaign_runs WHERE id = ANY(:ids)")


@dataclass(frozen=True, slots=True)
class Ends:
    """How many messages of one run ended, by what they count towards (None: well, or badly on their own)."""

    run_id: UUID
    counts: Mapping[Cause | None, int]


async def follow_failures(
    connection: AsyncConnection, statuses: Iterable[MessageStatus], *, now: datetime
) -> list[Alarm]:
    """Carries out what follows from failures, in this transaction; a batch without any costs nothing."""
    verdicts = {status.message_id: classify_delivery(status.kept_code) for status in statuses if status.is_failure}
    concerned = {message_id: verdict for message_id, verdict in verdicts.items() if matters(verdict)}
    if not concerned:
        return []
    places = await connection.execute(_PLACES, {"ids": sorted(concerned)})
    sightings = [
        Sighting(concerned[row.id], row.id, row.sender_id, row.campaign_run_id, row.country) for row in places
    ]
    return await carry_out(connection, sightings, now=now)


def count_ends(statuses: Iterable[MessageStatus], *, runs: Mapping[int, UUID | None]) -> list[Ends]:
    """The ends among these statuses, by run; `runs` has the run of each message."""
    counts: dict[UUID, Counter[Cause | None]] = {}
    for status in statuses:
        run_id = runs.get(status.message_id)
        if run_id is None or status.state not in _ENDS:
            continue
        failure = cause_of(classify_delivery(status.kept_code), Stage.DELIVERY) if status.is_failure else None
        counts.setdefault(run_id, Counter())[failure] += 1
    return [Ends(run_id, counted) for run_id, counted in counts.items()]


async def pause_bursts(
    connection: AsyncConnection, watch: BurstWatch, run_ids: Collection[UUID], *, now: datetime
) -> list[Alarm]:
    """Pauses those of these runs that have a burst, in this transaction; call `forget` once it is committed."""
    bursts = {run_id: burst for run_id in run_ids if (burst := watch.burst(run_id)) is not None}
    if not bursts:
        return []
    senders = (await connection.execute(_SENDERS, {"ids": sorted(bursts)})).all()
    alarms: list[Alarm] = []
    for row in senders:
        alarms += await pause_for_burst(
            connection, bursts[row.id], run_id=row.id, sender_id=row.sender_id, now=now
        )
    return alarms
