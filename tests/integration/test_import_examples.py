"""The files in examples/ are what such files are in life, with numbers that belong to nobody."""

import re
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.imports.report import ImportReport
from tests.integration.importing import import_text

EXAMPLES = Path(__file__).parents[2] / "examples"
FICTIONAL = re.compile(r"\+1\d{3}55501\d{2}|\+442079460\d{3}|\+61491570\d{3}|\+493023125\d{3}")


async def import_example(connection: AsyncConnection, folder: Path, name: str) -> ImportReport:
    return await import_text(connection, folder, (EXAMPLES / name).read_text(encoding="utf-8"))


async def test_contacts(connection: AsyncConnection, tmp_path: Path) -> None:
    report = await import_example(connection, tmp_path, "contacts.csv")
    assert report.rows == 2_000
    assert report.contacts.new >= 1_400
    assert report.consents.opted_in >= 900
    assert report.consents.opted_out >= 50
    assert report.merged >= 150
    assert len(report.refused_by_reason) >= 10
    assert report.warnings >= 6
    countries = await connection.execute(text("SELECT DISTINCT country FROM contacts ORDER BY 1"))
    assert countries.scalars().all() == ["AU", "DE", "GB", "US"]


async def test_semicolons(connection: AsyncConnection, tmp_path: Path) -> None:
    report = await import_example(connection, tmp_path, "contacts-semicolons.csv")
    assert report.rows == 200
    assert report.contacts.new >= 150


@pytest.mark.parametrize("name", ["contacts.csv", "contacts-semicolons.csv"])
async def test_numbers_belong_to_nobody(connection: AsyncConnection, tmp_path: Path, name: str) -> None:
    await import_example(connection, tmp_path, name)
    phones = (await connection.execute(text("SELECT phone FROM contacts"))).scalars().all()
    assert [phone for phone in phones if not FICTIONAL.fullmatch(phone)] == []


@pytest.mark.parametrize(
    ("name", "delimiter"), [("contacts.csv", b",First Name,"), ("contacts-semicolons.csv", b";First Name;")]
)
def test_both_have_a_byte_order_mark_and_their_delimiter(name: str, delimiter: bytes) -> None:
    header = (EXAMPLES / name).read_bytes().splitlines()[0]
    assert header.startswith(b"\xef\xbb\xbfphone" + delimiter)
