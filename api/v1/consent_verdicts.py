"""Whether a message could go to a contact now, and why."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.v1.access import Transaction, requires
from api.v1.consent_shapes import Channel
from api.v1.description import NOT_FOUND
from api.v1.values import IdInPath, Shown, Topic
from models.api_keys.callers import Caller
from models.api_keys.scopes import Scope
from models.columns import utc_now
from models.consent.explaining import explain
from models.contact_store import load_contact
from models.senders import MessageType

router = APIRouter(tags=["Consents"])
Reader = Annotated[Caller, Depends(requires(Scope.CONSENTS_READ))]


class VerdictShown(Shown):
    """What consent says of such a message at this moment; other reasons not to send are not looked at."""

    message_type: str
    topic: str
    channel: str
    country: str | None
    allowed: bool
    refusal: str | None
    sentences: list[str]


@router.get(
    "/contacts/{contact_id}/consents/verdict",
    summary="Ask whether a contact may be written to",
    responses=NOT_FOUND,
)
async def get_consent_verdict(
    contact_id: IdInPath,
    caller: Reader,
    connection: Transaction,
    message_type: MessageType = MessageType.MARKETING,
    topic: Annotated[Topic, Query(description="What the message is about; every topic if it is left out.")] = "",
    channel: Channel = "sms",
) -> VerdictShown:
    """By the consents and the organization's policy as they are now; nothing is sent."""
    contact = await load_contact(connection, contact_id, organization_id=caller.organization_id)
    found = await explain(
        connection,
        caller.organization_id,
        contact.phone,
        message_type,
        topic=topic,
        channel=channel,
        now=utc_now(),
    )
    return VerdictShown(
        message_type=message_type,
        topic=topic,
        channel=channel,
        country=found.country,
        allowed=found.verdict.allowed,
        refusal=found.verdict.refusal,
        sentences=list(found.sentences),
    )
