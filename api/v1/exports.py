"""Everything that is kept of a person, for programs that answer people's requests to see it."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.v1.access import Engine, requires
from api.v1.description import NOT_FOUND
from api.v1.values import IdInPath
from models.api_keys.callers import Caller
from models.api_keys.scopes import Scope
from models.columns import utc_now
from models.contact_store import load_contact
from models.organizations import load_organization
from models.rights.export import export_person
from models.rights.raw_webhooks import Person

router = APIRouter(prefix="/contacts", tags=["Contacts"])
Exporter = Annotated[Caller, Depends(requires(Scope.CONTACTS_EXPORT))]
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {}}, "description": "One JSON object; a list of rows for each part"}
}
_LONGER = text("SET LOCAL statement_timeout = '60s'")  # raw webhooks are read through


@router.get(
    "/{contact_id}/export",
    summary="Get everything that is kept of a person",
    responses=NOT_FOUND | _FILE,
    response_class=StreamingResponse,
)
async def export_contact(contact_id: IdInPath, caller: Exporter, engine: Engine) -> StreamingResponse:
    """Contact, consents with their ledger, messages, conversations, surveys, media, raw webhooks, of one moment.

    A key needs a scope of its own for it.
    """
    async with engine.connect() as connection:
        contact = await load_contact(connection, contact_id, organization_id=caller.organization_id)
        organization = await load_organization(connection, caller.organization_id)
    person = Person(organization.id, organization.twilio_account_sid, contact.phone)
    headers = {"Content-Disposition": 'attachment; filename="person.json"', "Cache-Control": "no-store"}
    return StreamingResponse(_pieces(engine, person), media_type="application/json", headers=headers)


async def _pieces(engine: AsyncEngine, person: Person) -> AsyncIterator[str]:
    one_moment = engine.execution_options(isolation_level="REPEATABLE READ")
    async with one_moment.connect() as connection:
        await connection.execute(_LONGER)
        async for piece in export_person(connection, person, now=utc_now()):
            yield piece
