"""The first step of an erasure, committed before any other: nothing is sent to the person from here on."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import SettingsError
from messaging.number_hash import NumberHash
from models.columns import new_id
from models.consent.opt_out import opt_out
from models.consent.tables import ConsentMethod
from models.rights.standstill import contact_of
from models.rights.suppressed import hasher_of, wait_for_takers_in

SOURCE = "erasure"

_SUPPRESS = text("""
    INSERT INTO suppressions (organization_id, number_hash, key_id, suppressed_at)
    VALUES (:organization_id, :number_hash, :key_id, :now)
    ON CONFLICT (organization_id, number_hash) DO NOTHING
""")

_UNFINISHED = text("""
    SELECT id, at_twilio FROM erasures
    WHERE organization_id = :organization_id AND number_hash = :number_hash AND finished_at IS NULL
    ORDER BY requested_at DESC LIMIT 1
    FOR UPDATE
""")

_BEGIN = text("""
    INSERT INTO erasures (id, organization_id, number_hash, actor, why, at_twilio, requested_at)
    VALUES (:id, :organization_id, :number_hash, :actor, :why, :at_twilio, :now)
""")

_AT_TWILIO_TOO = text("UPDATE erasures SET at_twilio = at_twilio OR :at_twilio WHERE id = :id")


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureOrder:
    """Whose data (a number in E.164) go, at whose hand and why; `at_twilio`: Twilio's copies too."""

    organization_id: UUID
    phone: str
    actor: str
    why: str
    at_twilio: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """An erasure under way; `is_resumed`: an earlier one was broken off, and goes on."""

    id: UUID
    number_hash: bytes
    at_twilio: bool
    is_resumed: bool


async def begin_erasure(connection: AsyncConnection, order: ErasureOrder, *, now: datetime) -> Begun:
    """Blocks the number and opts it out of everything, which claims and gates see at once; the caller commits.

    Whoever is taking people in at this moment is waited for. Raises `SettingsError` without a hash key.
    """
    hasher = _require(hasher_of(connection))
    await wait_for_takers_in(connection, order.organization_id)
    person = {"organization_id": order.organization_id, "number_hash": hasher(order.phone), "now": now}
    await connection.execute(_SUPPRESS, {**person, "key_id": hasher.key_id})
    begun = await _begun(connection, order, person)
    if await contact_of(connection, order.organization_id, order.phone) is not None:
        await opt_out(
            connection,
            organization_id=order.organization_id,
            phones=[order.phone],
            method=ConsentMethod.ERASURE,
            source=SOURCE,
            message_sids=[None],
            now=now,
        )
    return begun


async def _begun(connection: AsyncConnection, order: ErasureOrder, person: dict[str, object]) -> Begun:
    number_hash = bytes(person["number_hash"])  # type: ignore[call-overload]  # it is bytes
    found = (await connection.execute(_UNFINISHED, person)).one_or_none()
    if found is not None:
        await connection.execute(_AT_TWILIO_TOO, {"id": found.id, "at_twilio": order.at_twilio})
        return Begun(found.id, number_hash, found.at_twilio or order.at_twilio, is_resumed=True)
    id_ = new_id()
    said = {"id": id_, "actor": order.actor, "why": order.why, "at_twilio": order.at_twilio}
    await connection.execute(_BEGIN, {**person, **said})
    return Begun(id_, number_hash, order.at_twilio, is_resumed=False)


def _require(hasher: NumberHash | None) -> NumberHash:
    if hasher is None:
        raise SettingsError(
            "TIDINGS_HASH_KEY is not set, and without it nothing could keep an erased person from being imported "
            "again; set it to 64 random hexadecimal digits, everywhere Tidings runs, and keep it safe."
        )
    return hasher
