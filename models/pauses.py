"""Stops what cannot work until a person has mended something: a sender, one country of it, or a campaign run."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.outcomes import Scope
from models.campaigns.timeline import Actor, Event, What, note, note_for_sender
from models.incidents import IncidentKind

_PAUSES = {
    Scope.SENDER: text("""
        UPDATE senders SET state = 'paused', state_reason = :reason WHERE id = :sender_id AND state = 'active'
    """),
    Scope.COUNTRY: text("""
        INSERT INTO country_pauses (sender_id, country, reason, paused_at)
        SELECT :sender_id, :country, :reason, :now WHERE CAST(:country AS text) IS NOT NULL
        ON CONFLICT (sender_id, country) DO NOTHING
    """),
    Scope.CAMPAIGN: text("""
        UPDATE campaign_runs SET state = 'paused', state_reason = :reason WHERE id = :run_id AND state = 'sending'
    """),
}

_INCIDENT = text("""
    INSERT INTO incidents (organization_id, kind, message_id, campaign_run_id, detail, seen_at)
    SELECT organization_id, :kind, CAST(:message_id AS bigint), id,
        jsonb_build_object('scope', CAST(:scope AS text), 'code', CAST(:code AS int),
                           'country', CAST(:country AS text), 'reason', CAST(:reason AS text)), :now
    FROM campaign_runs WHERE id = :run_id
""")


@dataclass(frozen=True, slots=True)
class Pause:
    """What to stop and why; `country` goes with `Scope.COUNTRY`."""

    scope: Scope
    reason: str
    code: int | None
    country: str | None = None


async def pause(
    connection: AsyncConnection, cause: Pause, *, run_id: UUID, sender_id: UUID, now: datetime
) -> bool:
    """Pauses the scope and writes the incident that shows it; says whether it was running until now."""
    values = {
        "run_id": run_id,
        "sender_id": sender_id,
        "scope": cause.scope.value,
        "reason": cause.reason,
        "code": cause.code,
        "country": cause.country,
        "now": now,
    }
    paused = (await connection.execute(_PAUSES[cause.scope], values)).rowcount == 1
    if paused:
        await _note(connection, cause, run_id=run_id, sender_id=sender_id, now=now)
        incident = {**values, "kind": IncidentKind.SCOPE_PAUSED.value, "message_id": None}
        await connection.execute(_INCIDENT, incident)
    return paused


async def _note(
    connection: AsyncConnection, cause: Pause, *, run_id: UUID, sender_id: UUID, now: datetime
) -> None:
    detail = {"scope": cause.scope.value, "code": cause.code, "country": cause.country}
    event = Event(What.PAUSED, Actor.TWILIO, at=now, why=cause.reason, detail=detail)
    if cause.scope is Scope.CAMPAIGN:
        await note(connection, run_id, event)
    else:
        await note_for_sender(connection, sender_id, event)


async def report_unknown_code(
    connection: AsyncConnection, *, run_id: UUID, message_id: int, code: int | None, reason: str, now: datetime
) -> None:
    """Writes the incident of a code that Tidings does not know."""
    values = {
        "run_id": run_id,
        "message_id": message_id,
        "kind": IncidentKind.UNKNOWN_CODE.value,
        "scope": Scope.MESSAGE.value,
        "code": code,
        "country": None,
        "reason": reason,
        "now": now,
    }
    await connection.execute(_INCIDENT, values)
