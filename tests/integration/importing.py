"""Imports a text as a file within a test's transaction."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.imports.contacts_file import ContactsFile
from models.imports.file_import import import_table
from models.imports.refused_file import refused_file
from models.imports.report import ImportReport
from models.imports.rules import ImportRules
from models.imports.table import open_table
from models.imports.text_lines import TextLines

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WITH_EVIDENCE = ImportRules(method="web_form", source="newsletter form")


async def import_text(
    connection: AsyncConnection, folder: Path, content: str, *, rules: ImportRules = WITH_EVIDENCE
) -> ImportReport:
    """The report of importing `content`, as people.csv in `folder`."""
    path = folder / "people.csv"
    path.write_text(content, encoding="utf-8", newline="")
    table = open_table(TextLines(path), columns=rules.columns)
    target = rules.refused_path(path)
    with refused_file(target, source=path, header=table.header, delimiter=table.delimiter) as refused:
        return await import_table(
            connection,
            table,
            ContactsFile(rules, NOW),
            organization="default",
            refused=refused,
            transaction=connection.begin_nested,
        )


async def contact(connection: AsyncConnection, phone: str) -> dict[str, object]:
    """One contact's columns."""
    found = await connection.execute(text("SELECT * FROM contacts WHERE phone = :phone"), {"phone": phone})
    return dict(found.mappings().one())


async def marketing_state(connection: AsyncConnection, phone: str) -> str | None:
    """The consent to marketing, None where nothing is known."""
    found = await connection.execute(
        text("SELECT state FROM consents WHERE phone = :phone AND message_type = 'marketing'"), {"phone": phone}
    )
    state: str | None = found.scalar_one_or_none()
    return state


async def ledger(connection: AsyncConnection, phone: str) -> list[dict[str, object]]:
    """The ledger of marketing for a number, oldest first."""
    found = await connection.execute(
        text("SELECT * FROM consent_events WHERE phone = :phone AND message_type = 'marketing' ORDER BY id"),
        {"phone": phone},
    )
    return [dict(row) for row in found.mappings()]
