"""The codes by which a number counts as unreachable: known ones, of failures that will not pass."""

import csv
from pathlib import Path

import pytest

from messaging import unreachable
from messaging.outcomes import OutcomeClass, classify_delivery, listed
from messaging.unreachable import unreachable_code, why_unreachable

with (Path(unreachable.__file__).parent / "data" / "unreachable.csv").open(encoding="utf-8", newline="") as file:
    CODES = [int(row["code"]) for row in csv.DictReader(file)]


def test_every_code_is_one_whose_meaning_is_known() -> None:
    assert sorted(set(CODES)) == CODES
    assert set(CODES) <= {verdict.code for _, verdict in listed()}


@pytest.mark.parametrize("code", CODES)
def test_at_once_only_where_it_is_permanent(code: int) -> None:
    said = unreachable_code(code)
    assert said is not None
    permanent = classify_delivery(code).kind is OutcomeClass.PERMANENT
    assert (said.failures == 1) == permanent
    assert said.channels <= {"sms", "whatsapp"}
    assert why_unreachable(code) == said.why


@pytest.mark.parametrize("code", [None, 21610, 30007, 30008, 63049])
def test_what_is_said_of_the_message_or_the_person_is_not_said_of_the_number(code: int | None) -> None:
    assert unreachable_code(code) is None
