"""What an inbound message's keyword does, whatever else becomes of the message."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.keywords import Keyword, recognise
from models.consent import keywords
from models.inbound.ownership import account_holder, owner_of
from models.inbound.payload import InboundMessage
from models.rights.returning import lift_suppression
from models.surveys.ending import stop_surveys

_OBEYED = text("""
    SELECT EXISTS (
        SELECT FROM consent_events
        WHERE organization_id = :organization_id AND phone = :phone
            AND (message_sid = :message_sid OR (method = 'keyword' AND given_at > :overtaken_after))
    )
""")

CLOCKS_APART = timedelta(minutes=5)
"""So much later must another word be to overtake a STOP: clocks differ, and a STOP must not be lost by that."""


async def obey(
    connection: AsyncConnection, message: InboundMessage, *, organization_id: UUID, now: datetime
) -> Keyword | None:
    """Ends or restores consent when the message is STOP or START, with a STOP also surveys; returns the keyword.

    A message counts once, from `now`, when it was written: a STOP that is handled again, or after a START of more
    than five minutes later, changes nothing.
    """
    keyword = recognise(message.body, opt_out_type=message.opt_out_type)
    if keyword is None or not message.is_from_person:
        return keyword
    evidence: dict[str, Any] = {
        "organization_id": organization_id,
        "phone": message.phone,
        "message_sid": message.twilio_sid,
    }
    overtaken_after = now + CLOCKS_APART if keyword is Keyword.STOP else now
    if (await connection.execute(_OBEYED, {**evidence, "overtaken_after": overtaken_after})).scalar_one():
        return keyword
    if keyword is Keyword.STOP:
        await keywords.stop(connection, **evidence, now=now)
        await stop_surveys(connection, organization_id=organization_id, phone=message.phone, now=now)
    elif keyword is Keyword.START:
        await keywords.start(connection, **evidence, now=now)
        await lift_suppression(connection, message.phone, organization_id=organization_id)
    return keyword


async def obey_stop(connection: AsyncConnection, message: InboundMessage, *, now: datetime) -> bool:
    """Obeys a STOP, and nothing else, also when it was sent to a number of the account that is no sender of ours.

    A person does not know which number is whose: one message too few is better than one after a STOP.
    """
    if recognise(message.body, opt_out_type=message.opt_out_type) is not Keyword.STOP:
        return False
    owner = await owner_of(connection, message)
    organization_id = owner.organization_id if owner else await account_holder(connection, message.account_sid)
    if organization_id is None:
        return False
    await obey(connection, message, organization_id=organization_id, now=now)
    return True
