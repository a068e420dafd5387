"""Whoever was erased is not taken in again: asked before a number gets a contact or a consent.

Numbers that have a contact need not be asked about: an erased one gets a contact only by writing to us, and is
opted out then (`models.rights.returning`). So nothing here is asked for each message.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from messaging.number_hash import NumberHash

HASHER = "number_hash"
"""The engine's execution option that holds its `NumberHash` (`models.engine`)."""

_LOCK_SHARED = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:whose, 0))")
_LOCK_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:whose, 0))")
_KEYS = text("SELECT min(key_id), max(key_id) FROM suppressions WHERE organization_id = :organization_id")

_FOUND = text("""
    SELECT number_hash FROM suppressions
    WHERE organization_id = :organization_id AND number_hash = ANY(CAST(:hashes AS bytea[]))
""")


class PersonErased(TidingsError):
    """The number belongs to someone who was erased."""

    def __init__(self) -> None:
        super().__init__(
            "This person was erased on request and is not taken in again; only their own START ends that."
        )


class HashKeyLost(TidingsError):
    """People were erased under a hash key that is not this process's, so nobody knows who they are."""

    def __init__(self) -> None:
        super().__init__(
            "People were erased under another TIDINGS_HASH_KEY than this one, so it is not known who they are; "
            "put the key of that time back before anybody new is taken in."
        )


def hasher_of(connection: AsyncConnection) -> NumberHash | None:
    """The hash of the process's key, None without one."""
    options = connection.sync_connection.get_execution_options() if connection.sync_connection else {}
    found = options.get(HASHER)
    return found if isinstance(found, NumberHash) else None


async def erased_among(
    connection: AsyncConnection, phones: Collection[str], *, organization_id: UUID
) -> frozenset[str]:
    """Which of the numbers (E.164) were erased.

    The answer holds until the caller's transaction ends: an erasure waits for it. Raises `HashKeyLost`.
    """
    await connection.execute(_LOCK_SHARED, {"whose": _whose(organization_id)})
    low, high = (await connection.execute(_KEYS, {"organization_id": organization_id})).one()
    if low is None or not phones:
        return frozenset()
    hasher = hasher_of(connection)
    if hasher is None or {low, high} != {hasher.key_id}:
        raise HashKeyLost
    hashes = {hasher(phone): phone for phone in phones}
    asked = {"organization_id": organization_id, "hashes": list(hashes)}
    return frozenset(hashes[bytes(found)] for found in (await connection.execute(_FOUND, asked)).scalars())


async def require_not_erased(connection: AsyncConnection, phone: str, *, organization_id: UUID) -> None:
    """Raises `PersonErased`, and `HashKeyLost`."""
    if await erased_among(connection, [phone], organization_id=organization_id):
        raise PersonErased


async def wait_for_takers_in(connection: AsyncConnection, organization_id: UUID) -> None:
    """Waits for every transaction that has asked `erased_among`; who asks after it waits for this one."""
    await connection.execute(_LOCK_ALONE, {"whose": _whose(organization_id)})


def _whose(organization_id: UUID) -> str:
    return f"erasure {organization_id}"
