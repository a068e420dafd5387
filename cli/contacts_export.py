"""`tidings contacts export`: everything that is kept of a person, into a file that only its owner can read."""

import asyncio
import os
import sys
from pathlib import Path
from typing import TextIO

from cli.contacts_person import find_person
from cli.database import open_database
from cli.output import people
from messaging.errors import TidingsError
from models.columns import utc_now
from models.rights.export import export_person
from models.rights.raw_webhooks import Person


class NotWritten(TidingsError):
    """The file cannot be written; the text says why."""


def export_contact(organization: str, phone: str, *, out: Path | None) -> None:
    """Writes the JSON to a new file, or to standard output.

    Raises `NotWritten`, `NoSuchOrganization`, `PhoneRefused`, and what `open_database` does.
    """
    if out is None:
        asyncio.run(_export(organization, phone, file=sys.stdout))
        return
    try:
        number = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        reason = (error.strerror or "error").lower()
        raise NotWritten(f"{out} cannot be written: {reason}; name a new file (--out FILE).") from None
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            asyncio.run(_export(organization, phone, file=file))
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    people().print(f"Written to {out}, which only you can read.")


async def _export(organization: str, phone: str, *, file: TextIO) -> None:
    async with open_database(application="contacts export") as (_, engine):
        owner, number = await find_person(engine, organization, phone)
        one_moment = engine.execution_options(isolation_level="REPEATABLE READ")
        person = Person(owner.id, owner.twilio_account_sid, number)
        async with one_moment.connect() as connection:
            async for piece in export_person(connection, person, now=utc_now()):
                file.write(piece)
