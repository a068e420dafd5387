"""What an import makes of a file: contacts new, changed and left alone, whole rows and whole files refused."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.imports.contacts_file import ContactsFile
from models.imports.faults import ImportRefused
from models.imports.file_import import import_file
from models.imports.progress import Stage
from models.imports.report import ContactCounts
from models.imports.rules import ImportRules
from tests.integration.importing import NOW, contact, import_text

NUMBER = "+12025550123"
HEADER = "phone,first_name,email,country,tags,plan"


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def count(connection: AsyncConnection, table: str) -> int:
    return int((await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())  # noqa: S608


async def test_a_row_becomes_a_contact(connection: AsyncConnection, tmp_path: Path) -> None:
    content = f"{HEADER},locale,timezone,postcode,region\n"
    content += "(202) 555-0123, Ann ,ann@example.com,,b;a,gold,en_US,america/new_york,20500,us-dc\n"
    report = await import_text(connection, tmp_path, content)
    assert report.contacts == ContactCounts(new=1)
    assert {
        "first_name": "Ann",
        "last_name": None,
        "email": "ann@example.com",
        "country": "US",
        "locale": "en-US",
        "timezone": "America/New_York",
        "postcode": "20500",
        "region": "US-DC",
        "tags": ["b", "a"],
        "attributes": {"plan": "gold"},
        "created_at": NOW,
        "updated_at": NOW,
    }.items() <= (await contact(connection, NUMBER)).items()


async def test_importing_again_changes_nothing(connection: AsyncConnection, tmp_path: Path) -> None:
    content = f"{HEADER}\n{NUMBER},Ann,ann@example.com,US,b;a,gold\n+442079460123,,,,,\n"
    await import_text(connection, tmp_path, content)
    before = await contact(connection, NUMBER)
    report = await import_text(connection, tmp_path, content)
    assert report.contacts == ContactCounts(unchanged=2)
    assert await contact(connection, NUMBER) == before


async def test_later_files_add_and_correct_but_a_blank_erases_nothing(
    connection: AsyncConnection, tmp_path: Path
) -> None:
    await import_text(connection, tmp_path, f"{HEADER},city\n{NUMBER},Ann,ann@example.com,US,a,gold,Köln\n")
    report = await import_text(connection, tmp_path, f"{HEADER},points\n{NUMBER},Anna,,,c,,7\n")
    assert report.contacts == ContactCounts(updated=1)
    found = await contact(connection, NUMBER)
    assert (found["first_name"], found["email"], found["tags"]) == ("Anna", "ann@example.com", ["a", "c"])
    assert found["attributes"] == {"plan": "gold", "city": "Köln", "points": "7"}


@pytest.mark.parametrize(
    ("row", "updated"),
    [
        pytest.param(",,,,", 0, id="nothing but the number"),
        pytest.param("Ann,,,a,", 0, id="part of what is known"),
        pytest.param("Anne,,,,", 1, id="another name"),
        pytest.param(",,,a;z,", 1, id="one more tag"),
        pytest.param(",,,,silver", 1, id="another attribute"),
    ],
)
async def test_only_contacts_that_differ_are_written(
    connection: AsyncConnection, tmp_path: Path, row: str, updated: int
) -> None:
    await import_text(connection, tmp_path, f"{HEADER}\n{NUMBER},Ann,ann@example.com,US,a;b,gold\n")
    report = await import_text(connection, tmp_path, f"{HEADER}\n{NUMBER},{row}\n")
    assert report.contacts == ContactCounts(updated=updated, unchanged=1 - updated)


async def test_the_same_number_in_other_clothes_is_one_contact(
    connection: AsyncConnection, tmp_path: Path
) -> None:
    content = (
        f"{HEADER}\n(202) 555-0123,Ann,,,a,\n+1 202 555 0123,,ann@example.com,,b,gold\n1-202-555-0123,Anna,,,,\n"
    )
    report = await import_text(connection, tmp_path, content)
    assert (report.rows, report.merged, report.contacts) == (3, 2, ContactCounts(new=1))
    found = await contact(connection, NUMBER)
    assert (found["first_name"], found["email"], found["tags"]) == ("Anna", "ann@example.com", ["a", "b"])
    assert found["attributes"] == {"plan": "gold"}


async def test_refused_rows_have_their_line_and_can_be_corrected(
    connection: AsyncConnection, tmp_path: Path
) -> None:
    content = (
        f'\ufeff{HEADER}\r\n{NUMBER},"Ann\r\nO",,,,\r\n\r\n555,Bo,,,,\r\n+442079460123,short\r\n,,,,,gold\r\n'
    )
    report = await import_text(connection, tmp_path, content)
    assert [(row.line, row.value, row.code) for row in report.refused_rows] == [
        (5, "555", "short_code"),
        (6, "+442079460123,short", "too_few_values"),
        (7, "", "empty"),
    ]
    assert (report.rows, report.blank_rows, report.refused) == (4, 1, 3)
    with (tmp_path / "people.refused.csv").open(encoding="utf-8-sig", newline="") as file:
        (bo, *_) = csv.DictReader(file)
    assert (bo["phone"], bo["first_name"], bo["line"]) == ("555", "Bo", "5")
    corrected = (
        (tmp_path / "people.refused.csv").read_text(encoding="utf-8-sig").replace("555,Bo", "2025550124,Bo")
    )
    again = await import_text(connection, tmp_path, corrected)
    assert (again.contacts, again.refused) == (ContactCounts(new=1), 2)
    assert (await contact(connection, "+12025550124"))["attributes"] == {}


async def test_possible_numbers_come_in_only_when_asked(connection: AsyncConnection, tmp_path: Path) -> None:
    content = "phone\n+1 202 155 0123\n"
    refused = await import_text(connection, tmp_path, content)
    accepted = await import_text(connection, tmp_path, content, rules=ImportRules(accept="possible"))
    assert refused.refused_by_reason == {"possible_not_valid": 1}
    assert (accepted.refused, accepted.contacts) == (0, ContactCounts(new=1))


@pytest.mark.parametrize(("region", "phone"), [("GB", "+442079460123"), ("gb", "+442079460123"), (None, None)])
async def test_the_default_region_is_the_organizations_unless_named(
    connection: AsyncConnection, tmp_path: Path, region: str | None, phone: str | None
) -> None:
    await import_text(connection, tmp_path, "phone\n020 7946 0123\n", rules=ImportRules(region=region))
    found = (await connection.execute(text("SELECT phone FROM contacts"))).scalars().all()
    assert found == ([phone] if phone else [])


async def test_rows_add_up(connection: AsyncConnection, tmp_path: Path) -> None:
    rows = [f"202 555 {number:04d},Ann,,,," for number in (100, 101, 101, 102, 199)] + [
        "x,,,,,",
        "y,,,,,",
        ",,,,,",
    ]
    report = await import_text(connection, tmp_path, "\n".join([HEADER, *rows]))
    contacts = report.contacts
    assert (
        report.rows == contacts.new + contacts.updated + contacts.unchanged + report.merged + report.refused == 7
    )


async def test_a_file_with_only_a_header_imports_nothing(connection: AsyncConnection, tmp_path: Path) -> None:
    report = await import_text(connection, tmp_path, HEADER)
    assert (report.rows, report.contacts) == (0, ContactCounts())
    assert not (tmp_path / "people.refused.csv").exists()


async def test_an_unknown_organization_is_refused(committed: AsyncEngine, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f"phone\n{NUMBER}\n")
    with pytest.raises(ImportRefused, match='There is no organization "acme"'):
        await import_file(committed, path, ContactsFile(ImportRules(), NOW), organization="acme")


async def test_a_file_that_breaks_off_leaves_nothing(committed: AsyncEngine, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    rows = "".join(f"+44207946{number:04d}\n" for number in range(1_000))
    path.write_bytes(f"phone\n{rows * 30}12\n".encode() + b"\xff\n")
    with pytest.raises(ImportRefused, match="line 30003 has the byte 0xFF"):
        await import_file(committed, path, ContactsFile(ImportRules(), NOW), organization="default")
    async with committed.connect() as connection:
        assert await count(connection, "contacts") == 0
    assert names_in(tmp_path) == ["people.csv"]


async def test_progress_goes_to_the_end(committed: AsyncEngine, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("phone\n" + "12\n" * 45_000)
    seen: list[tuple[Stage, int, int]] = []
    report = await import_file(
        committed,
        path,
        ContactsFile(ImportRules(), NOW),
        organization="default",
        progress=lambda *step: seen.append(step),
    )
    assert len(seen) == 3
    assert seen[-1] == (Stage.READING, path.stat().st_size, path.stat().st_size)
    assert (report.refused, len(report.refused_rows)) == (45_000, 1_000)
    assert report.refused_file == tmp_path / "people.refused.csv"
