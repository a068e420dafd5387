"""The demo's own reading of the example file, which judges the import."""

from pathlib import Path

import pytest

from cli.demo.people_in_file import People, number_of, read_people
from cli.demo.story import CONTACTS, FIRST, SECOND, TEXT_OF_FIRST, TEXT_OF_SECOND
from models.campaigns.definition import parse

ANN, BEN = "+12025550101", "+442079460123"


@pytest.mark.parametrize(
    ("written", "country", "number"),
    [
        ("202-555-0101", "", ANN),
        (" 1 (202) 555.0101", "usa", ANN),
        ("020 7946 0123", "UK", BEN),
        ("0044 20 7946 0123", "", BEN),
        ("+44 (0)20 7946 0123", "DE", BEN),
        ("030/23125-031", "Germany", "+493023125031"),
        ("0491 570 127", "Australia", "+61491570127"),
        ("202-555-0101", "Atlantis", None),
        ("2.02556E+09", "US", None),
        ("(202) 555-0101 ext. 12", "US", None),
        ("202 555 0101 / 202 555 0102", "US", None),
        ("555-0101", "US", None),
        ("123-555-0101", "US", None),
        ("+999 999 9999", "", None),
        ("n/a", "", None),
        ("", "", None),
    ],
)
def test_numbers(written: str, country: str, number: str | None) -> None:
    assert number_of(written, country) == number


@pytest.mark.parametrize(
    ("rows", "everyone", "agreed"),
    [
        ([("yes", "2025-01-16")], {ANN}, {ANN}),
        ([("Y", "2025-05-09 07:11")], {ANN}, {ANN}),
        ([("", "")], {ANN}, set()),
        ([("no", "")], {ANN}, set()),
        ([("yes", ""), ("", "")], {ANN}, {ANN}),
        ([("yes", ""), ("No", "")], {ANN}, set()),
        ([("n", ""), ("1", "")], {ANN}, set()),
        ([("maybe", "")], set(), set()),
        ([("yes", "last summer")], set(), set()),
        ([("no", "31.12.2024")], {ANN}, set()),
    ],
)
def test_who_agreed(tmp_path: Path, rows: list[tuple[str, str]], everyone: set[str], agreed: set[str]) -> None:
    file = tmp_path / "people.csv"
    lines = ["phone,country,consent_marketing,consent_at", *(f"202-555-0101,US,{a},{at}" for a, at in rows)]
    file.write_text("\n".join(lines), encoding="utf-8-sig")
    assert read_people(file) == People(everyone=frozenset(everyone), agreed=frozenset(agreed))


def test_the_example_is_worth_a_demo() -> None:
    people = read_people(CONTACTS)
    assert len(people.everyone) > 1_500
    assert 900 < len(people.agreed) < len(people.everyone)


def test_the_judge_can_tell_the_campaigns_apart() -> None:
    bodies = [parse(file.read_text(), where=file.name).definition.body for file in (FIRST, SECOND)]
    assert [TEXT_OF_FIRST in body for body in bodies] == [True, False]
    assert [TEXT_OF_SECOND in body for body in bodies] == [False, True]
