"""Consents: who agreed to what, who said no, and how we know."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, status
from sqlalchemy.ext.asyncio import AsyncConnection

from api.v1.access import Transaction, requires
from api.v1.consent_shapes import ConsentGiven, ConsentRecorded, ConsentShown, ConsentsOfNumber, LedgerEntryShown
from api.v1.contact_shapes import PhoneQuestion
from api.v1.description import BODY_PROBLEMS, CONFLICT, NOT_FOUND
from api.v1.idempotency import Repeatable
from api.v1.numbers import read_number
from api.v1.pages import CursorText, Page, number, page_of, place_of
from api.v1.problems import ProblemError
from api.v1.values import IdInPath, Limit
from models.api_keys.callers import Caller
from models.api_keys.scopes import Scope
from models.columns import utc_now
from models.consent.evidence import Evidence
from models.consent.history import consents_of, ledger_of
from models.consent.recording import Declaration, record
from models.consent.tables import ConsentMethod, ConsentState
from models.contact_store import load_contact

router = APIRouter(tags=["Consents"])
Reader = Annotated[Caller, Depends(requires(Scope.CONSENTS_READ))]
Writer = Annotated[Caller, Depends(requires(Scope.CONSENTS_WRITE))]
_CLOCKS_DIFFER = timedelta(minutes=5)


@router.post(
    "/consents",
    summary="Record a consent or an opt-out",
    status_code=status.HTTP_201_CREATED,
    responses=BODY_PROBLEMS | NOT_FOUND | CONFLICT,
)
async def record_consent(
    given: ConsentGiven, caller: Writer, connection: Transaction, repeatable: Repeatable
) -> ConsentRecorded:
    """An opt-out holds at once, for messages that are under way in a campaign too.

    A consent is refused (409) where the person said STOP, which only their own START ends, or said no after it.
    """

    async def work() -> ConsentRecorded:
        declaration = await _declaration(connection, given, caller)
        return ConsentRecorded(event_id=await record(connection, declaration, now=utc_now()))

    return await repeatable.once(connection, ConsentRecorded, work)


@router.get("/contacts/{contact_id}/consents", summary="Get the consents of a contact", responses=NOT_FOUND)
async def get_consents(contact_id: IdInPath, caller: Reader, connection: Transaction) -> ConsentsOfNumber:
    """The states now."""
    contact = await load_contact(connection, contact_id, organization_id=caller.organization_id)
    return await _consents(connection, contact.phone, caller)


@router.get("/contacts/{contact_id}/consents/history", summary="Get the ledger of a contact", responses=NOT_FOUND)
async def get_consent_history(
    contact_id: IdInPath, caller: Reader, connection: Transaction, limit: Limit = 50, cursor: CursorText = None
) -> Page[LedgerEntryShown]:
    """Every change of consent with its evidence, newest first."""
    contact = await load_contact(connection, contact_id, organization_id=caller.organization_id)
    rows = await ledger_of(
        connection,
        contact.phone,
        organization_id=caller.organization_id,
        before=place_of(cursor, number),
        most=limit + 1,
    )
    return page_of(rows, limit=limit, show=LedgerEntryShown.model_validate, place=lambda entry: entry.id)


@router.post("/consents/search", summary="Get the consents of a number", responses=BODY_PROBLEMS)
async def search_consents(asked: PhoneQuestion, caller: Reader, connection: Transaction) -> ConsentsOfNumber:
    """Also for a number that is no contact's."""
    phone = await read_number(connection, asked.phone, organization_id=caller.organization_id)
    return await _consents(connection, phone.e164, caller)


async def _declaration(connection: AsyncConnection, given: ConsentGiven, caller: Caller) -> Declaration:
    now = utc_now()
    if given.given_at is not None and given.given_at > now + _CLOCKS_DIFFER:
        raise ProblemError.at("/given_at", "This is in the future; give the time of the declaration.")
    return Declaration(
        organization_id=caller.organization_id,
        phone=await _phone_of(connection, given, caller),
        message_type=given.message_type,
        topic=given.topic,
        channel=given.channel,
        state=ConsentState(given.state),
        method=ConsentMethod(given.method),
        source=given.source,
        given_at=min(given.given_at or now, now),
        actor=caller.name,
        evidence=_evidence(given),
    )


def _evidence(given: ConsentGiven) -> Evidence:
    told = given.evidence
    return Evidence(
        wording=told.wording,
        wording_version=told.wording_version,
        ip=told.ip,
        user_agent=told.user_agent,
        proof=told.reference,
    )


async def _phone_of(connection: AsyncConnection, given: ConsentGiven, caller: Caller) -> str:
    if given.phone is not None:
        return (await read_number(connection, given.phone, organization_id=caller.organization_id)).e164
    assert given.contact_id is not None  # noqa: S101 (one of the two is given)
    return (await load_contact(connection, given.contact_id, organization_id=caller.organization_id)).phone


async def _consents(connection: AsyncConnection, phone: str, caller: Caller) -> ConsentsOfNumber:
    states = await consents_of(connection, phone, organization_id=caller.organization_id)
    return ConsentsOfNumber(data=[ConsentShown.model_validate(state) for state in states])
