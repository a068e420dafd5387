"""Numbers in bodies, read by the organization's default region."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from api.v1.problems import ProblemError
from messaging.phone_refusals import PhoneRefused
from messaging.phones import Phone, parse

_REGION = text("SELECT default_region FROM organizations WHERE id = :id")


async def read_number(
    connection: AsyncConnection, written: str, *, organization_id: UUID, pointer: str = "/phone"
) -> Phone:
    """The number in E.164. Raises `ProblemError` (422) that says what is wrong with it."""
    region = (await connection.execute(_REGION, {"id": organization_id})).scalar_one()
    try:
        return parse(written, region=region)
    except PhoneRefused as refused:
        raise ProblemError.at(pointer, str(refused)) from None
