"""Mistakes in a body are shown where they stand in the file, however YAML has it written."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.campaigns.definition import DefinitionError
from tests.unit.campaigns.files import HEAD, TAIL, Refused, assert_refused, read

TYPO = 'there is no variable "frist_name"; did you mean "first_name"?'
LIQUID = [
    Refused("plain", "body: Hi {{ frist_name }}\n", 3, 13, TYPO),
    Refused("plain on two lines", "body: Hi\n  you {{ frist_name }}\n", 4, 10, TYPO),
    Refused("literal", "body: |\n  Hi\n\n   {{ frist_name }}\n", 6, 7, TYPO),
    Refused("literal after blank lines", "body: |2-\n\n\n    Hi {{ frist_name }}\n", 6, 11, TYPO),
    Refused("literal with a comment", "body: |  # the text\n  {{ frist_name }}\n", 4, 6, TYPO),
    Refused("folded", "body: >-\n  Hi\n  you,\n\n  {{ frist_name }}\n", 7, 6, TYPO),
    Refused("single quotes", "body: 'It''s {{ frist_name }}'\n", 3, 17, TYPO),
    Refused("double quotes", 'body: "Hi {{ frist_name }}"\n', 3, 14, TYPO),
    Refused("escapes give the value's place", r'body: "Hi\n{{ frist_name }}"' + "\n", 3, 7, TYPO),
    Refused("an anchor gives the value's place", "body: &x Hi {{ frist_name }}\n", 3, 7, TYPO),
    Refused("not an attribute", "body: Hi {{ city }}\n", 3, 13, 'there is no variable "city"; known are'),
    Refused("a filter", "body: Hi {{ plan | shout }}\n", 3, 20, 'there is no filter "shout"'),
    Refused("never closed", "body: 'Hi {{ plan'\n", 3, 11, "this is never closed with }}."),
    Refused("a block never closed", "body: 'Hi {% if plan %}x'\n", 3, 11, "never closed with {% endif %}."),
    Refused(
        "too long in itself", f"body: {'x' * 1601}\n", 3, 7, "1,601 characters and Twilio takes 1,600 at most"
    ),
    Refused(
        "too many segments", f"body: {'ж' * 671} {{{{ plan }}}}\n", 3, 7, "11 segments (UCS-2) and 10 is the limit"
    ),
    Refused(
        "long around a block", f"body: {'x' * 900}{{% if plan %}}y{{% endif %}}{'x' * 701}\n", 3, 7, "1,601 char"
    ),
]


@pytest.mark.parametrize("case", LIQUID, ids=lambda case: case.label)
def test_refuses_a_body_with_the_place_in_the_file(case: Refused) -> None:
    assert_refused(replace(case, text=HEAD + case.text + TAIL))


def test_text_of_which_only_one_branch_is_sent_may_be_long() -> None:
    body = f"body: '{{% if plan %}}{'x' * 900}{{% else %}}{'y' * 900}{{% endif %}}'\n"
    assert len(read(HEAD + body + TAIL).body) > 1_600


WORDS = st.lists(st.sampled_from(["Hi", "it's", "{{ plan }}", '{{ "x" }}', "20%", "a: b", "#1", "é"]), max_size=8)


@pytest.mark.parametrize("style", ["|", ">", "|-", ">2", "'", "plain"])
@settings(deadline=None)
@given(before=st.lists(WORDS, min_size=1, max_size=4), after=WORDS)
def test_whatever_the_style_the_place_is_the_variable(
    style: str, before: list[list[str]], after: list[str]
) -> None:
    lines = [["Dear"], *before, ["{{ wrong }}", *after, "."]]
    text = HEAD + written(lines, style) + TAIL
    with pytest.raises(DefinitionError, match='there is no variable "wrong"') as refusal:
        read(text)
    line = text.split("\n")[refusal.value.line - 1]
    assert line[refusal.value.column - 1 :].startswith("wrong }}")


def written(lines: list[list[str]], style: str) -> str:
    text = "\n".join(f"  {' '.join(words)}" if words else "" for words in lines)
    if style == "plain":
        plain = text.replace(": ", " ").replace(" #", " ")
        return f"body:\n{plain}\n"
    if style == "'":
        return "body:\n  '" + text.replace("'", "''") + "'\n"
    return f"body: {style}\n{text}\n"
