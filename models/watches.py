"""Who watches over a duty that one process at a time does, and goes on doing: by a lease that it renews.

An advisory lock (`models.exclusive`) would stay with a process that is stopped but not dead; a lease ends by
itself. Two holders for a moment do no harm: they meet at the claims.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from models.columns import moment


class Watched(StrEnum):
    """The duties."""

    DIRECT_SENDING = "direct sending"


class Watch(SQLModel, table=True):
    """A duty: held by `holder` until a moment of the database's clock, called for until another."""

    __tablename__ = "watches"

    duty: str = Field(primary_key=True)
    holder: UUID | None = None
    held_until: datetime | None = moment()
    called_until: datetime | None = moment()


_HOLD = text("""
    INSERT INTO watches AS w (duty, holder, held_until)
    VALUES (:duty, :holder, clock_timestamp() + make_interval(secs => :seconds))
    ON CONFLICT (duty) DO UPDATE
    SET holder = EXCLUDED.holder, held_until = EXCLUDED.held_until, called_until = NULL
    WHERE w.holder IS NULL OR w.holder = EXCLUDED.holder OR w.held_until < clock_timestamp()
""")

_RELEASE = text("""
    UPDATE watches SET holder = NULL, held_until = NULL WHERE duty = :duty AND holder = :holder
""")

_CALL = text("""
    INSERT INTO watches AS w (duty, called_until)
    SELECT :duty, clock_timestamp() + make_interval(secs => :seconds)
    WHERE NOT EXISTS (
        SELECT FROM watches
        WHERE duty = :duty AND (held_until >= clock_timestamp() OR called_until >= clock_timestamp()))
    ON CONFLICT (duty) DO UPDATE SET called_until = EXCLUDED.called_until
    WHERE (w.held_until IS NULL OR w.held_until < clock_timestamp())
        AND (w.called_until IS NULL OR w.called_until < clock_timestamp())
""")
"""Looked at first, so that callers of a duty that is held do not wait for each other; then judged anew."""

_UNCALL = text("UPDATE watches SET called_until = NULL WHERE duty = :duty")


async def hold(connection: AsyncConnection, duty: Watched, *, holder: UUID, seconds: float) -> bool:
    """Takes or renews the duty for these seconds; False while another holds it."""
    values = {"duty": duty.value, "holder": holder, "seconds": seconds}
    return (await connection.execute(_HOLD, values)).rowcount == 1


async def release(connection: AsyncConnection, duty: Watched, *, holder: UUID) -> None:
    """Gives the duty up, if it is this holder's. Look once more afterwards: someone may have counted on it."""
    await connection.execute(_RELEASE, {"duty": duty.value, "holder": holder})


async def call(connection: AsyncConnection, duty: Watched, *, seconds: float) -> bool:
    """Whether the caller is the one to start someone: nobody holds the duty, or was called for it lately."""
    return (await connection.execute(_CALL, {"duty": duty.value, "seconds": seconds})).rowcount == 1


async def uncall(connection: AsyncConnection, duty: Watched) -> None:
    """Takes a call back that led to nothing, so that the next one need not wait."""
    await connection.execute(_UNCALL, {"duty": duty.value})
