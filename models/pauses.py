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
        UPDATE campaign_runs r SET state = 'paused', state_reason = :reason
        WHERE r.id = :run_id AND r.state = 'sending'
            AND NOT EXISTS (SELECT FROM campaigns c WHERE c.id = r.campaign_id AND c.standing)
    """),
}

_INCIDENT = text("""
    INSERT INTO incidents (organization_id, kind, message_id, campaign_run_id, detail, seen_at)
    SELECT organization_id, :kind, NULL, CAST(:run_id AS uuid),
        jsonb_build_object('scope', CAST(:scope AS text), 'code', CAST(:code AS int),
                           'country', CAST(:country AS text), 'reason', CAST(:reason AS text),
                           'sender_id', CAST(:sender_id AS text)), :now
    FROM senders WHERE id = :sender_id
""")


@dataclass(frozen=True, slots=True)
class Pause:
    """What to stop and why, by whose word; `country` goes with `Scope.COUNTRY`."""

    scope: Scope
    reason: str
    code: int | None
    country: str | None = None
    actor: Actor = Actor.TWILIO


async def pause(
    connection: AsyncConnection, cause: Pause, *, run_id: UUID | None, sender_id: UUID, now: datetime
) -> bool:
    """Pauses the scope and writes the incident that shows it; says whether it was running until now.

    A message that belongs to no run, or to a standing one, pauses no campaign.
    """
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
        await connection.execute(_INCIDENT, {**values, "kind": IncidentKind.SCOPE_PAUSED.value})
    return paused


async def _note(
    connection: AsyncConnection, cause: Pause, *, run_id: UUID | None, sender_id: UUID, now: datetime
) -> None:
    detail = {"scope": cause.scope.value, "code": cause.code, "country": cause.country}
    event = Event(What.PAUSED, cause.actor, at=now, why=cause.reason, detail=detail)
    if cause.scope is Scope.CAMPAIGN and run_id is not None:
        await note(connection, run_id, event)
    else:
        await note_for_sender(connection, sender_id, event)
