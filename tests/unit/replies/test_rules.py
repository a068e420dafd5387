"""Rules for automatic replies: read from YAML with the place of every mistake, and found by a message's words."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.replies import definition
from models.replies.definition import parse
from models.replies.rules import ReplyRules, Rule
from models.yaml_source import DefinitionError

FLOW = "FW" + "0" * 32


def read(source: str) -> ReplyRules:
    return parse(source, where="replies.yaml").checked({"plan"})


def test_the_example_in_the_documentation_is_right() -> None:
    example = (definition.__doc__ or "").split("\n\n", 1)[1].replace("FW…", FLOW)
    rules = read(example)
    assert [rule.name for rule in rules.rules] == ["hours", "status", "join", "feedback", "agent", "robot", "more"]


def test_the_example_file_is_right() -> None:
    rules = read((Path(__file__).parents[3] / "examples" / "replies.yaml").read_text(encoding="utf-8"))
    assert [rule.name for rule in rules.rules] == ["hours", "map", "join", "robot"]


MISTAKES: dict[str, tuple[str, str]] = {
    "an unknown key": ("rulez: []", 'line 1, column 1: there is no key "rulez"; did you mean "rules"?'),
    "no words": ("rules:\n  - reply: x", 'line 2, column 5: "words" is missing'),
    "a stop word": ("rules: [{words: [QUIT], reply: x}]", 'line 1, column 18: "QUIT" always means STOP'),
    "a stop word with marks": ('rules: [{words: ["stop!"], reply: x}]', '"stop!" always means STOP'),
    "a start word": ("rules: [{words: ['yes'], reply: x}]", '"yes" always means START'),
    "a help word": (
        "rules: [{words: [info], reply: x}]",
        "always means HELP and may not be a rule; its text can be",
    ),
    "a word twice": (
        "rules:\n- {words: [a], reply: x}\n- {words: [A], reply: y}",
        'line 3, column 12: "a" is already a word of another rule',
    ),
    "no letters": ("rules: [{words: ['!?'], reply: x}]", "has no letter or digit"),
    "nothing to do": ("rules: [{words: [a]}]", "this rule does nothing"),
    "two that go on": (
        f"rules: [{{words: [a], survey: x, studio: {FLOW}}}]",
        "survey and studio cannot both go on",
    ),
    "a survey with a reply": ("rules: [{words: [a], survey: x, reply: y}]", "survey says its own words"),
    "too many texts": (
        "rules: [{words: [a], reply: [a, b, c, d]}]",
        "line 1, column 39: one answer has at most 3",
    ),
    "an unknown variable": (
        "rules: [{words: [a], reply: 'Hi {{ firstname }}'}]",
        'there is no variable "firstname"; did you mean "first_name"?',
    ),
    "too long": (f"rules: [{{words: [a], reply: '{'x' * 1601}'}}]", "1,601 characters"),
    "media that nobody can fetch": (
        "rules: [{words: [a], media: http://www.example.com/a.png}]",
        "is no https address",
    ),
    "a redirect without https": ("rules: [{words: [a], redirect: http://www.example.com}]", "must be an https"),
    "a password in an address": (
        "rules: [{words: [a], redirect: 'https://a:b@www.example.com'}]",
        "without variables or a password",
    ),
    "a host that is a variable": (
        "rules: [{words: [a], reply: x, lookup: {url: 'https://{{ phone }}/', values: {}, otherwise: y}}]",
        "must name its host",
    ),
    "a look-up without a reply": (
        "rules: [{words: [a], tag: t, lookup: {url: 'https://a.example', values: {b: c}, otherwise: y}}]",
        "needs a reply that uses its values",
    ),
    "a look-up's value named like a field": (
        "rules: [{words: [a], reply: x, lookup: {url: 'https://a.example', values: {phone: c}, otherwise: y}}]",
        '"phone" cannot be a variable',
    ),
    "a flow that is none": ("rules: [{words: [a], studio: flow}]", "FW and 32 hexadecimal digits"),
    "an unknown channel": ("answers: [fax]", 'there is no channel "fax"'),
    "hours that never end": ("default: {reply: x, hours: 0}", "hours must be a number above 0, not 0"),
    "take_back is no text": ("rules: [{words: [a], take_back: maybe}]", "take_back must be true or false"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_shown_where_it_was_made(case: str) -> None:
    source, reason = MISTAKES[case]
    with pytest.raises(DefinitionError) as refused:
        read(source)
    assert str(refused.value).startswith("replies.yaml, line ")
    assert reason in str(refused.value)


RULES = ReplyRules(
    rules=(
        Rule(words=("hours", "öffnungszeiten"), reply=("1",)),
        Rule(words=("opening hours",), reply=("2",)),
        Rule(words=("more",), whole=True, reply=("3",)),
        Rule(words=("24/7",), reply=("4",)),
    )
)

FOUND = {
    "hours": "hours",
    "  HOURS?? ": "hours",
    "Hours, please": "hours",
    "ÖFFNUNGSZEITEN heute": "hours",
    "opening hours": "opening hours",
    "Opening  hours on Sunday?": "opening hours",
    "opening": None,
    "your hours": None,
    "more": "more",
    "More!": "more",
    "more please": None,
    "24/7?": "24/7",
    "": None,
    "👍": None,
    "stop hours": None,
}


@pytest.mark.parametrize("body", FOUND)
def test_which_rule_fits(body: str) -> None:
    rule = RULES.rule_for(body)
    assert (rule.name if rule else None) == FOUND[body]


@given(
    st.sampled_from(["stop", "stopall", "stop all", "unsubscribe", "end", "quit", "opt out", "revoke", "cancel"]),
    st.lists(st.booleans(), min_size=20, max_size=20),
    st.text(alphabet=" .!?-\u200b", max_size=4),
    st.text(alphabet=" .!?-\u200b", max_size=4),
)
def test_no_rule_ever_takes_a_stop(word: str, upper: list[bool], before: str, after: str) -> None:
    written = "".join(c.upper() if big else c for c, big in zip(word, upper, strict=False))
    with pytest.raises(DefinitionError, match="always means STOP"):
        read(f"rules: [{{words: [{json.dumps(before + written + after)}], reply: x}}]")
    assert RULES.rule_for(before + written + after) is None
