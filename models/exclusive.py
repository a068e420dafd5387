"""Work that only one process in all may do at a time, by PostgreSQL's advisory locks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import IntEnum, unique

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

_TRY = text("SELECT pg_try_advisory_lock(:key)")
_LEAVE = text("SELECT pg_advisory_unlock(:key)")


@unique
class Duty(IntEnum):
    """What is exclusive; any fixed numbers that nothing else in the database uses."""

    RECOVERY = 5_223_390_117_001
    SETTLING = 5_223_390_117_002
    CATCHING_UP = 5_223_390_117_007
    ARCHIVING = 5_223_390_117_008
    POLLING = 5_223_390_117_009
    PRICING = 5_223_390_117_010
    MEDIA = 5_223_390_117_014
    STUDIO = 5_223_390_117_011
    RETENTION = 5_223_390_117_012
    APPOINTMENTS = 5_223_390_117_013
    CANCELING = 5_223_390_117_015


@asynccontextmanager
async def exclusive(engine: AsyncEngine, duty: Duty) -> AsyncIterator[bool]:
    """Whether this process has the duty now, until the end; False when another has it.

    A connection is held meanwhile; when its process dies, PostgreSQL gives the duty free.
    """
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        has_it = bool((await connection.execute(_TRY, {"key": duty.value})).scalar_one())
        try:
            yield has_it
        finally:
            if has_it:
                await connection.execute(_LEAVE, {"key": duty.value})
