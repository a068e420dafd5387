"""Takes a person's entries from the ledger, by the one function of the database that may."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_ERASE = text("SELECT erase_consent_ledger(:organization_id, :phone, :phone_hash)")


async def erase_ledger(
    connection: AsyncConnection, *, organization_id: UUID, phone: str, phone_hash: bytes
) -> int:
    """Erases all that the organization's ledger and states say of a number (E.164); returns how many entries.

    A row of `ledger_erasures` remains, with the keyed hash of the number (`messaging.number_hash`).
    """
    values = {"organization_id": organization_id, "phone": phone, "phone_hash": phone_hash}
    return int((await connection.execute(_ERASE, values)).scalar_one())
