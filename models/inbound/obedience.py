"""What STOP and START do, by keyword or in plain language, whatever else becomes of the message."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.keywords import Keyword
from models.consent import keywords
from models.consent.evidence import Evidence
from models.consent.opt_out import opt_out
from models.consent.stop_scope import scope_of_stop
from models.consent.tables import ConsentMethod
from models.inbound.meaning import Meaning, meaning_of
from models.inbound.ownership import account_holder, owner_of
from models.inbound.payload import InboundMessage
from models.rights.returning import lift_suppression
from models.surveys.ending import stop_surveys

SOURCE = "plain language in an inbound message"

_OBEYED = text("""
    SELECT EXISTS (
        SELECT FROM consent_events
        WHERE organization_id = :organization_id AND phone = :phone
            AND (message_sid = :message_sid
                OR (method IN ('keyword', 'plain_language') AND given_at > :overtaken_after
                    AND action <> 'kept' AND NOT (:is_stop AND action = 'opt_out')))
    )
""")

CLOCKS_APART = timedelta(minutes=5)
"""So much later must another word be to overtake a STOP: clocks differ, and a STOP must not be lost by that."""


async def obey(
    connection: AsyncConnection, message: InboundMessage, meaning: Meaning, *, organization_id: UUID, now: datetime
) -> None:
    """Ends or restores consent when the message means STOP or START, with a STOP also surveys.

    A message counts once, from `now`, when it was written: a STOP that is handled again, or after a START of more
    than five minutes later, changes nothing.
    """
    if meaning.keyword is None or not message.is_from_person:
        return
    evidence: dict[str, Any] = {
        "organization_id": organization_id,
        "phone": message.phone,
        "message_sid": message.twilio_sid,
    }
    overtaken_after = now + CLOCKS_APART if meaning.is_stop else now
    obeyed = {**evidence, "overtaken_after": overtaken_after, "is_stop": meaning.is_stop}
    if (await connection.execute(_OBEYED, obeyed)).scalar_one():
        return
    if meaning.is_stop:
        await _stop(connection, message, meaning, evidence, now=now)
        await stop_surveys(connection, organization_id=organization_id, phone=message.phone, now=now)
    elif meaning.keyword is Keyword.START:
        await keywords.start(connection, **evidence, now=now)
        await lift_suppression(connection, message.phone, organization_id=organization_id)


async def obey_stop(connection: AsyncConnection, message: InboundMessage, *, now: datetime) -> bool:
    """Obeys a STOP, and nothing else, also when it was sent to a number of the account that is no sender of ours.

    A person does not know which number is whose: one message too few is better than one after a STOP.
    """
    owner = await owner_of(connection, message)
    organization_id = owner.organization_id if owner else await account_holder(connection, message.account_sid)
    if organization_id is None:
        return False
    meaning = await meaning_of(connection, message, organization_id=organization_id)
    if meaning.is_stop:
        await obey(connection, message, meaning, organization_id=organization_id, now=now)
    return meaning.is_stop


async def _stop(
    connection: AsyncConnection,
    message: InboundMessage,
    meaning: Meaning,
    evidence: dict[str, Any],
    *,
    now: datetime,
) -> None:
    """A bare STOP ends what the policy says. One in plain language ends everything; its evidence is its phrase."""
    if meaning.phrase is None:
        ours = [address for address in (message.service_sid, message.our_number) if address]
        whose = {"organization_id": evidence["organization_id"], "phone": message.phone}
        scope = await scope_of_stop(connection, **whose, addresses=ours, now=now)
        await keywords.stop(connection, **evidence, now=now, scope=scope)
        return
    await opt_out(
        connection,
        organization_id=evidence["organization_id"],
        phones=[evidence["phone"]],
        message_sids=[evidence["message_sid"]],
        method=ConsentMethod.PLAIN_LANGUAGE,
        source=SOURCE,
        evidence=Evidence(more={"recognised": meaning.phrase}),
        now=now,
    )
