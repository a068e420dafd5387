"""Rows of the same numbers merge with each other, and with what is there, as a few lines of Python say."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.integration.importing import import_text

COLUMNS = ("phone", "first_name", "email", "tags", "consent_marketing", "plan", "city")
Row = tuple[str, ...]
Known = dict[str, dict[str, object]]

rows = st.lists(
    st.tuples(
        st.sampled_from(("+12025550100", "+12025550101", "+442079460123")),
        st.sampled_from(("", "Ann", "Zoë", "Bo")),
        st.sampled_from(("", "a@example.com", "b@example.com")),
        st.sampled_from(("", "x", "x;y", "z")),
        st.sampled_from(("", "yes", "no")),
        st.sampled_from(("", "gold", "basic")),
        st.sampled_from(("", "Köln", "Boise, ID")),
    ),
    max_size=8,
)


def expected(files: Sequence[Sequence[Row]]) -> Known:
    """What is known of each number after the files, read one row after the other."""
    known: Known = {}
    for file in files:
        said_no = {row[0] for row in file if row[4] == "no"}
        for phone, first_name, email, tags, answer, plan, city in file:
            person = known.setdefault(
                phone, {"first_name": None, "email": None, "tags": frozenset(), "attributes": {}, "state": None}
            )
            attributes = {name: value for name, value in (("plan", plan), ("city", city)) if value}
            person["first_name"] = first_name or person["first_name"]
            person["email"] = email or person["email"]
            person["tags"] = frozenset(person["tags"]) | {tag for tag in tags.split(";") if tag}  # type: ignore[call-overload]
            person["attributes"] = {**person["attributes"], **attributes}  # type: ignore[dict-item]
            if phone in said_no or person["state"] == "opted_out":
                person["state"] = "opted_out"
            elif answer:
                person["state"] = "opted_in"
    return known


async def stored(connection: AsyncConnection) -> Known:
    found = await connection.execute(
        text(
            "SELECT phone, first_name, email, tags, attributes, state FROM contacts "
            "LEFT JOIN consents USING (organization_id, phone)"
        )
    )
    return {row.pop("phone"): {**row, "tags": frozenset(row["tags"])} for row in map(dict, found.mappings())}


def as_csv(file: Sequence[Row]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows([COLUMNS, *file])
    return written.getvalue()


@given(files=st.lists(rows, min_size=1, max_size=3))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_rows_merge(connection: AsyncConnection, tmp_path: Path, files: list[list[Row]]) -> None:
    async with connection.begin_nested() as savepoint:
        for file in files:
            known = set(await stored(connection))
            report = await import_text(connection, tmp_path, as_csv(file))
            numbers = {row[0] for row in file}
            assert report.merged == len(file) - len(numbers)
            assert report.contacts.new == len(numbers - known)
            assert report.contacts.updated + report.contacts.unchanged == len(numbers & known)
        assert await stored(connection) == expected(files)
        await savepoint.rollback()
