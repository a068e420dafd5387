"""JOIN, and the YES that makes it a consent: asked once, valid for some days, ended by any STOP.

While nothing is confirmed the state is `pending`, which is no consent. A JOIN never ends an opt-out.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.consent.refusals import MENDED_BY_A_YES
from messaging.yes_no import said_yes
from models.consent.double_opt_in_sql import ASK, CONFIRM, EXPIRE, KNOWN
from models.consent.explaining import explain
from models.consent.tables import ConsentMethod, ConsentState
from models.events.consents import note_consents
from models.senders import MessageType

ASK_AGAIN_AFTER = timedelta(hours=24)
"""A JOIN that comes sooner after the last one is not asked about again."""


@dataclass(frozen=True, slots=True)
class OptInRequest:
    """What a JOIN asks for: texts as they are said, ready to send; `days` are how long a YES is waited for."""

    ask: str
    thanks: str
    message_type: MessageType = MessageType.MARKETING
    days: int = 7


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

    Nothing is said while the question of the last day waits, and the thanks again to who is on the list, unless
    that consent is not enough where they are: then it waits for their YES. Whoever opted out, by whatever means,
    stays so and hears nothing: after a STOP comes a START before a JOIN, and what a form or a person recorded is
    for people.
    """
    whose = {
        "organization_id": organization_id,
        "phone": phone,
        "message_type": request.message_type.value,
        "channel": channel,
    }
    known = (await connection.execute(KNOWN, whose)).all()
    if any(row.state == ConsentState.OPTED_OUT for row in known):
        return []
    state = next((row.state for row in known if row.channel == channel), ConsentState.UNKNOWN.value)
    renews = state == ConsentState.OPTED_IN and await _is_too_weak(connection, whose, now=now)
    if state == ConsentState.OPTED_IN and not renews:
        return [request.thanks]
    return await _ask(connection, request, {**whose, "message_sid": message_sid, "renews": renews, "now": now})


async def _is_too_weak(connection: AsyncConnection, whose: Mapping[str, Any], *, now: datetime) -> bool:
    """Whether the standing consent is none for the recipient's country or by its age."""
    found = await explain(
        connection,
        whose["organization_id"],
        whose["phone"],
        MessageType(whose["message_type"]),
        channel=whose["channel"],
        now=now,
    )
    return found.verdict.refusal in MENDED_BY_A_YES


async def _ask(connection: AsyncConnection, request: OptInRequest, values: Mapping[str, Any]) -> list[str]:
    now: datetime = values["now"]
    evidence = {
        "thanks": request.thanks,
        "channel": values["channel"],
        "confirm_before": (now + timedelta(days=request.days)).isoformat(),
    }
    question = {
        **values,
        "method": ConsentMethod.DOUBLE_OPT_IN.value,
        "source": "JOIN in an inbound message",
        "wording": request.ask,
        "evidence": json.dumps(evidence),
        "not_asked_since": now - ASK_AGAIN_AFTER,
    }
    entries = await ASK.run(connection, question)
    await note_consents(connection, [entry.id for entry in entries], now=now)
    return [request.ask] if entries else []


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
        "source": "YES to the question of a JOIN",
        "now": now,
    }
    confirmed = (await connection.execute(CONFIRM, values)).all()
    await note_consents(connection, [entry.id for entry in confirmed], now=now)
    thanks = [entry.evidence.get("thanks") for entry in confirmed]
    return [each for each in thanks if each] if confirmed else None


async def expire_pending(connection: AsyncConnection, *, now: datetime, most: int = 1_000) -> int:
    """Ends what was asked and never confirmed in time, of all organizations; returns how many."""
    values = {
        "now": now,
        "most": most,
        "method": ConsentMethod.DOUBLE_OPT_IN.value,
        "source": "the question of a JOIN was never answered with YES",
    }
    expired = (await connection.execute(EXPIRE, values)).scalars().all()
    await note_consents(connection, expired, now=now)
    return len(expired)
