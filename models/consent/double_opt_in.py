"""JOIN, and the YES that makes it a consent: asked once, valid for some days, ended by any STOP.

While nothing is confirmed the state is `pending`, which is no consent. A JOIN never ends an opt-out.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.yes_no import said_yes
from models.consent.tables import ConsentMethod, ConsentState
from models.events.consents import note_consents
from models.senders import MessageType

ASK_AGAIN_AFTER = timedelta(hours=24)
"""A JOIN that comes sooner after the last one is not asked about again."""

START_FIRST = "You have stopped our messages. Reply START first, then join again."
_BY_TEXT = (ConsentMethod.KEYWORD, ConsentMethod.CARRIER)


@dataclass(frozen=True, slots=True)
class OptInRequest:
    """What a JOIN asks for: texts as they are said, ready to send; `days` are how long a YES is waited for."""

    ask: str
    thanks: str
    message_type: MessageType = MessageType.MARKETING
    days: int = 7


_KNOWN = text("""
    SELECT channel, state, opt_out_method FROM consents
    WHERE organization_id = :organization_id AND phone = :phone AND message_type = :message_type AND topic = ''
        AND channel IN ('sms', :channel)
    ORDER BY channel
    FOR UPDATE
""")

# As in `opt_out`, the id of the ledger's entry is drawn first. Of two first JOINs at once, one asks.
_ASK = text("""
    WITH asked AS (
        INSERT INTO consents AS c (organization_id, phone, message_type, topic, channel, state, event_id, given_at)
        VALUES (:organization_id, :phone, :message_type, '', :channel, 'pending',
                nextval(pg_get_serial_sequence('consent_events', 'id')), :now)
        ON CONFLICT (organization_id, phone, message_type, topic, channel) DO UPDATE
        SET state = 'pending', event_id = EXCLUDED.event_id, given_at = EXCLUDED.given_at,
            before_opt_out = NULL, opt_out_method = NULL
        WHERE c.state = 'unknown' OR (c.state = 'pending' AND c.given_at <= :not_asked_since)
        RETURNING event_id
    )
    INSERT INTO consent_events (id, organization_id, phone, message_type, topic, channel, state_before,
                                state_after, method, source, message_sid, evidence, given_at, recorded_at)
    OVERRIDING SYSTEM VALUE
    SELECT event_id, :organization_id, :phone, :message_type, '', :channel, :state_before, 'pending', :method,
           'JOIN in an inbound message', :message_sid, CAST(:evidence AS jsonb), :now, :now
    FROM asked
    RETURNING id
""")

# A STOP on any channel after the question ends what was asked, also when a START has come since.
_CONFIRM = text("""
    WITH pending AS (
        SELECT c.message_type, c.channel, c.event_id FROM consents c
        WHERE c.organization_id = :organization_id AND c.phone = :phone AND c.topic = ''
            AND c.channel = :channel AND c.state = 'pending'
        FOR UPDATE
    ),
    confirmed AS (
        INSERT INTO consent_events (organization_id, phone, message_type, topic, channel, state_before,
                                    state_after, method, source, message_sid, evidence, given_at, recorded_at)
        SELECT :organization_id, :phone, p.message_type, '', p.channel, 'pending', 'opted_in', :method,
               'YES to the question of a JOIN', :message_sid,
               e.evidence || jsonb_build_object('join_message_sid', e.message_sid, 'asked_at', e.given_at),
               :now, :now
        FROM pending p JOIN consent_events e ON e.id = p.event_id
        WHERE e.given_at <= :now AND CAST(e.evidence ->> 'confirm_before' AS timestamptz) > :now
            AND NOT EXISTS (
                SELECT FROM consent_events no
                WHERE no.organization_id = :organization_id AND no.phone = :phone AND no.id > e.id
                    AND no.state_after = 'opted_out')
        RETURNING id, message_type, channel, evidence
    )
    UPDATE consents c
    SET state = 'opted_in', event_id = n.id, given_at = :now
    FROM confirmed n
    WHERE c.organization_id = :organization_id AND c.phone = :phone AND c.message_type = n.message_type
        AND c.topic = '' AND c.channel = n.channel
    RETURNING n.id, n.evidence ->> 'thanks' AS thanks
""")

_EXPIRE = text("""
    WITH late AS (
        SELECT c.organization_id, c.phone, c.message_type, c.channel, e.evidence, e.message_sid
        FROM consents c JOIN consent_events e ON e.id = c.event_id
        WHERE c.state = 'pending' AND c.topic = '' AND c.given_at <= :now
            AND CAST(e.evidence ->> 'confirm_before' AS timestamptz) <= :now
        ORDER BY c.given_at LIMIT :most
        FOR UPDATE OF c SKIP LOCKED
    ),
    entries AS (
        INSERT INTO consent_events (organization_id, phone, message_type, topic, channel, state_before,
                                    state_after, method, source, message_sid, evidence, given_at, recorded_at)
        SELECT organization_id, phone, message_type, '', channel, 'pending', 'unknown', :method,
               'the question of a JOIN was never answered with YES', message_sid, evidence, :now, :now
        FROM late
        RETURNING id, organization_id, phone, message_type, channel
    )
    UPDATE consents c
    SET state = 'unknown', event_id = e.id, given_at = :now
    FROM entries e
    WHERE c.organization_id = e.organization_id AND c.phone = e.phone AND c.message_type = e.message_type
        AND c.topic = '' AND c.channel = e.channel
    RETURNING e.id
""")


async def join(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    phone: str,
    request: OptInRequest,
    message_sid: str,
    channel: str,
    now: datetime,
) -> list[str]:
    """Asks a number (E.164) to confirm on this channel; the texts to reply with.

    Nothing is said while the question of the last day waits, and the thanks again to who is on the list. Whoever
    opted out stays so: after a STOP the answer is to START first; what a form or a person recorded is for people.
    """
    whose = {
        "organization_id": organization_id,
        "phone": phone,
        "message_type": request.message_type.value,
        "channel": channel,
    }
    known = (await connection.execute(_KNOWN, whose)).all()
    refused = [row for row in known if row.state == ConsentState.OPTED_OUT]
    if refused:
        return [START_FIRST] if all(row.opt_out_method in _BY_TEXT for row in refused) else []
    state = next((row.state for row in known if row.channel == channel), ConsentState.UNKNOWN.value)
    if state == ConsentState.OPTED_IN:
        return [request.thanks]
    values = {**whose, "state_before": state, "message_sid": message_sid, "now": now}
    return await _ask(connection, request, values)


async def _ask(connection: AsyncConnection, request: OptInRequest, values: Mapping[str, Any]) -> list[str]:
    now: datetime = values["now"]
    evidence = {
        "wording": request.ask,
        "thanks": request.thanks,
        "channel": values["channel"],
        "confirm_before": (now + timedelta(days=request.days)).isoformat(),
    }
    asked = {
        **values,
        "method": ConsentMethod.DOUBLE_OPT_IN.value,
        "evidence": json.dumps(evidence),
        "not_asked_since": now - ASK_AGAIN_AFTER,
    }
    entry = (await connection.execute(_ASK, asked)).scalar_one_or_none()
    if entry is None:
        return []
    await note_consents(connection, [entry], now=now)
    return [request.ask]


async def take_confirmation(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    phone: str,
    channel: str,
    message_sid: str,
    body: str,
    now: datetime,
) -> list[str] | None:
    """The thanks, when this is a YES to what a JOIN of this number asked on this channel; None otherwise.

    The consent is then given, with the SIDs of both messages and the wording as evidence.
    """
    if said_yes(body) is not True:
        return None
    values = {
        "organization_id": organization_id,
        "phone": phone,
        "channel": channel,
        "message_sid": message_sid,
        "method": ConsentMethod.DOUBLE_OPT_IN.value,
        "now": now,
    }
    confirmed = (await connection.execute(_CONFIRM, values)).all()
    await note_consents(connection, [row.id for row in confirmed], now=now)
    return [row.thanks for row in confirmed if row.thanks] if confirmed else None


async def expire_pending(connection: AsyncConnection, *, now: datetime, most: int = 1_000) -> int:
    """Ends what was asked and never confirmed in time, of all organizations; returns how many."""
    values = {"now": now, "most": most, "method": ConsentMethod.DOUBLE_OPT_IN.value}
    expired = (await connection.execute(_EXPIRE, values)).scalars().all()
    await note_consents(connection, expired, now=now)
    return len(expired)
