"""Contacts: the people to write to."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response, status

from api.v1.access import Transaction, requires
from api.v1.contact_shapes import ContactChanges, ContactGiven, ContactShown, PhoneQuestion
from api.v1.description import BODY_PROBLEMS, NOT_FOUND
from api.v1.numbers import read_number
from api.v1.pages import CursorText, Page, number, page_of, place_of
from api.v1.values import IdInPath, Limit, Text
from models.api_keys.callers import Caller
from models.api_keys.scopes import Scope
from models.columns import utc_now
from models.contact_store import change_contact, find_contact, list_contacts, load_contact, save_contact

router = APIRouter(prefix="/contacts", tags=["Contacts"])
Reader = Annotated[Caller, Depends(requires(Scope.CONTACTS_READ))]
Writer = Annotated[Caller, Depends(requires(Scope.CONTACTS_WRITE))]
_MADE: dict[int | str, dict[str, Any]] = {201: {"model": ContactShown, "description": "A new contact"}}


@router.post("", summary="Make or change the contact of a number", responses=BODY_PROBLEMS | _MADE)
async def put_contact(
    given: ContactGiven, caller: Writer, connection: Transaction, response: Response
) -> ContactShown:
    """There is one contact for each number. Sending the same again changes nothing."""
    phone = await read_number(connection, given.phone, organization_id=caller.organization_id)
    contact, is_new = await save_contact(
        connection, phone, given.named(), organization_id=caller.organization_id, now=utc_now()
    )
    response.status_code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
    return ContactShown.model_validate(contact)


@router.get("", summary="List contacts")
async def get_contacts(
    caller: Reader,
    connection: Transaction,
    *,
    tag: Annotated[Text | None, Query(description="Only those with this tag.")] = None,
    country: Annotated[Text | None, Query(description="Only those of this country.", examples=["US"])] = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[ContactShown]:
    """Newest first."""
    rows = await list_contacts(
        connection,
        organization_id=caller.organization_id,
        tag=tag,
        country=country,
        before=place_of(cursor, number),
        most=limit + 1,
    )
    return page_of(rows, limit=limit, show=ContactShown.model_validate, place=lambda contact: contact.id)


@router.post("/search", summary="Find the contact of a number", responses=BODY_PROBLEMS)
async def search_contacts(asked: PhoneQuestion, caller: Reader, connection: Transaction) -> Page[ContactShown]:
    """One contact or none."""
    phone = await read_number(connection, asked.phone, organization_id=caller.organization_id)
    found = await find_contact(connection, phone, organization_id=caller.organization_id)
    return Page(data=[ContactShown.model_validate(found)] if found else [], next_cursor=None)


@router.get("/{contact_id}", summary="Get a contact", responses=NOT_FOUND)
async def get_contact(contact_id: IdInPath, caller: Reader, connection: Transaction) -> ContactShown:
    """One contact."""
    contact = await load_contact(connection, contact_id, organization_id=caller.organization_id)
    return ContactShown.model_validate(contact)


@router.patch("/{contact_id}", summary="Change a contact", responses=BODY_PROBLEMS | NOT_FOUND)
async def patch_contact(
    contact_id: IdInPath, changes: ContactChanges, caller: Writer, connection: Transaction
) -> ContactShown:
    """The number itself stays: consent belongs to it."""
    contact = await change_contact(
        connection, contact_id, changes.named(), organization_id=caller.organization_id, now=utc_now()
    )
    return ContactShown.model_validate(contact)
