"""The numbers of senders, kept and read, and the senders found by what people call them."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.compliance.numbers import Registration, SenderKind, SenderNumber
from messaging.errors import TidingsError
from models.senders import Channel, Sender
from models.tenants.senders import senders_of

_COLUMNS = tuple(field.name for field in fields(SenderNumber))

_FORGET = text("DELETE FROM sender_numbers WHERE sender_id = :sender_id")

_KEEP = text(f"""
    INSERT INTO sender_numbers (sender_id, organization_id, actor, updated_at, {", ".join(_COLUMNS)})
    VALUES (:sender_id, :organization_id, :actor, :now, {", ".join(f":{name}" for name in _COLUMNS)})
""")  # noqa: S608 (the names of a dataclass)

_READ = text(f"SELECT {', '.join(_COLUMNS)} FROM sender_numbers WHERE sender_id = :sender_id ORDER BY address")  # noqa: S608 (see above)


class NoSuchSender(TidingsError):
    """The organization has no sender that is called so."""


async def find_sender(
    connection: AsyncConnection, organization_id: UUID, name: str, *, channel: str = Channel.SMS
) -> Sender:
    """A sender by its purpose on a channel, or by its address. Raises `NoSuchSender`."""
    known = await senders_of(connection, organization_id)
    for sender in known:
        if name == sender.address or (name, channel) == (sender.purpose, sender.channel):
            return sender
    names = ", ".join(f"{sender.purpose} ({sender.channel})" for sender in known) or "none yet"
    raise NoSuchSender(f'There is no sender "{name}" for {channel}; there are: {names}.')


async def numbers_of(connection: AsyncConnection, sender_id: UUID) -> list[SenderNumber]:
    """What a sender sends from, as far as anybody has told."""
    rows = await connection.execute(_READ, {"sender_id": sender_id})
    return [
        SenderNumber(**{**row, "kind": SenderKind(row["kind"]), "registration": Registration(row["registration"])})
        for row in rows.mappings()
    ]


async def keep_numbers(
    connection: AsyncConnection, sender: Sender, numbers: Sequence[SenderNumber], *, actor: str, now: datetime
) -> None:
    """Makes these the numbers of the sender, instead of those before; what follows is for `apply_rules`."""
    await connection.execute(_FORGET, {"sender_id": sender.id})
    owner = {"sender_id": sender.id, "organization_id": sender.organization_id, "actor": actor, "now": now}
    if numbers:
        await connection.execute(_KEEP, [{**owner, **asdict(number)} for number in numbers])
