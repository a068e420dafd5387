"""What a person told us outside a message: a consent or a no, with its evidence, in the ledger and the state."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from models.consent.tables import ConsentMethod, ConsentState
from models.events.consents import note_consents
from models.senders import MessageType

_OF_PERSON = (ConsentMethod.KEYWORD, ConsentMethod.CARRIER)

# The id of the ledger's entry is drawn first, as in `opt_out`: a STOP that comes at the same moment is in the way.
_FIRST_HEARD_OF = text("""
    WITH fresh AS (
        INSERT INTO consents (organization_id, phone, message_type, topic, channel, state, before_opt_out,
                              opt_out_method, event_id, given_at)
        VALUES (:organization_id, :phone, :message_type, '', :channel, :state,
                CASE WHEN :state = 'opted_out' THEN 'unknown' END, CASE WHEN :state = 'opted_out' THEN :method END,
                nextval(pg_get_serial_sequence('consent_events', 'id')), :given_at)
        ON CONFLICT (organization_id, phone, message_type, topic, channel) DO NOTHING
        RETURNING event_id
    )
    INSERT INTO consent_events (id, organization_id, phone, message_type, topic, channel, state_before,
                                state_after, method, source, actor, evidence, given_at, recorded_at)
    OVERRIDING SYSTEM VALUE
    SELECT event_id, :organization_id, :phone, :message_type, '', :channel, 'unknown', :state, :method, :source,
        :actor, CAST(:evidence AS jsonb), :given_at, :now
    FROM fresh
    RETURNING id
""")

_LOCK = text("""
    SELECT state, opt_out_method, given_at FROM consents
    WHERE organization_id = :organization_id AND phone = :phone AND message_type = :message_type
        AND topic = '' AND channel = :channel
    FOR UPDATE
""")

_CHANGE = text("""
    WITH entry AS (
        INSERT INTO consent_events (organization_id, phone, message_type, topic, channel, state_before,
                                    state_after, method, source, actor, evidence, given_at, recorded_at)
        VALUES (:organization_id, :phone, :message_type, '', :channel, :state_before, :state, :method, :source,
                :actor, CAST(:evidence AS jsonb), :given_at, :now)
        RETURNING id
    )
    UPDATE consents c
    SET state = :state, event_id = entry.id, given_at = :given_at,
        before_opt_out = CASE WHEN :state <> 'opted_out' THEN NULL
                              WHEN :state_before = 'opted_out' THEN c.before_opt_out ELSE :state_before END,
        opt_out_method = CASE WHEN :state <> 'opted_out' THEN NULL
                              WHEN :state_before = 'opted_out' THEN c.opt_out_method ELSE :method END
    FROM entry
    WHERE c.organization_id = :organization_id AND c.phone = :phone AND c.message_type = :message_type
        AND c.topic = '' AND c.channel = :channel
    RETURNING c.event_id
""")


class OptedOut(TidingsError):
    """A no stands against the consent; the text says what would end it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a person declared at `given_at`: `state` is opted in or out; `phone` is in E.164.

    `source` is the form, call or paper; `evidence` what proves it (IP, user agent, wording shown); `actor` who
    recorded it.
    """

    organization_id: UUID
    phone: str
    message_type: MessageType
    channel: str
    state: ConsentState
    method: ConsentMethod
    source: str
    given_at: datetime
    actor: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


async def record(connection: AsyncConnection, given: Declaration, *, now: datetime) -> int:
    """Writes the declaration; returns the id of its ledger entry.

    A no always counts. A yes does not end a no that the person texted or a carrier reported: their START does. A
    no that reached us in another way is ended by a yes that was given later. Raises `OptedOut`.
    """
    values = _values(given, now)
    entry = (await connection.execute(_FIRST_HEARD_OF, values)).scalar_one_or_none()
    if entry is None:
        known = (await connection.execute(_LOCK, values)).one()
        _require_no_objection(given, known.state, known.opt_out_method, known.given_at)
        entry = (await connection.execute(_CHANGE, {**values, "state_before": known.state})).scalar_one()
    await note_consents(connection, [entry], now=now)
    return int(entry)


def _require_no_objection(given: Declaration, state: str, opt_out_method: str | None, since: datetime) -> None:
    if given.state is ConsentState.OPTED_OUT or state != ConsentState.OPTED_OUT:
        return
    if opt_out_method in _OF_PERSON:
        raise OptedOut("This person said STOP; only their own START, by a message to us, ends that.")
    if given.given_at <= since:
        raise OptedOut("This person said no after this consent was given; a later consent is needed.")


def _values(given: Declaration, now: datetime) -> dict[str, Any]:
    return {
        "organization_id": given.organization_id,
        "phone": given.phone,
        "message_type": given.message_type.value,
        "channel": given.channel,
        "state": given.state.value,
        "method": given.method.value,
        "source": given.source,
        "actor": given.actor,
        "evidence": json.dumps(dict(given.evidence)),
        "given_at": given.given_at,
        "now": now,
    }
