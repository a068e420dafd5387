"""Campaign files for tests, and what it takes to be refused."""

from dataclasses import dataclass

import pytest

from models.campaigns.definition import CampaignDefinition, DefinitionError, parse

HEAD = "name: Sale\nkind: marketing\n"
BODY = "body: Hi {{ first_name }}\n"
TAIL = "audience: {tags: [customer]}\n"
GOOD = HEAD + BODY + TAIL
ATTRIBUTES = {"plan", "loyalty points"}


def read(text: str) -> CampaignDefinition:
    return parse(text, where="sale.yaml").checked(ATTRIBUTES)


@dataclass(frozen=True)
class Refused:
    label: str
    text: str
    line: int
    column: int
    says: str


def assert_refused(case: Refused) -> None:
    with pytest.raises(DefinitionError) as refusal:
        read(case.text)
    assert (refusal.value.line, refusal.value.column) == (case.line, case.column)
    assert str(refusal.value).startswith(f"sale.yaml, line {case.line}, column {case.column}: ")
    assert case.says in str(refusal.value)
    assert str(refusal.value)[-1] in ".?"
    assert "\n" not in str(refusal.value)
