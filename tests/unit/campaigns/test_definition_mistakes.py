"""Every mistake in a campaign file is refused at its exact place, in one sentence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.campaigns.definition import DefinitionError
from models.yaml_source import MAX_LENGTH
from tests.unit.campaigns.files import BODY, GOOD, HEAD, TAIL, Refused, assert_refused, read


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


REFUSED = [
    Refused("an empty file", "", 1, 1, "the file is empty."),
    Refused("only a comment", "# nothing\n", 1, 1, "the file is empty."),
    Refused("a list", "- a\n", 1, 1, "a campaign must be keys with values (name, kind,"),
    Refused("a text", "hello\n", 1, 1, "not a text."),
    Refused("a typo", changed("name", "nmae"), 1, 1, 'no key "nmae"; did you mean "name"?'),
    Refused(
        "an unknown key", GOOD + "colour: red\n", 5, 1, 'no key "colour"; known are name, kind, body, audience,'
    ),
    Refused("a key twice", GOOD + "name: Other\n", 5, 1, '"name" is written twice; keep one.'),
    Refused(
        "a tag key twice",
        changed("{tags: [customer]}", "{tags: [a], tags: [b]}"),
        4,
        23,
        '"tags" is written twice',
    ),
    Refused("a merge key", GOOD + "<<: {rate: 1}\n", 5, 1, 'no key "<<"'),
    Refused("a list as key", GOOD + "? [a]\n: 1\n", 5, 3, 'no key "?"'),
    Refused("no name", BODY + "kind: marketing\n" + TAIL, 1, 1, '"name" is missing; add it.'),
    Refused("no audience", HEAD + BODY, 1, 1, '"audience: {}" for everyone.'),
    Refused(
        "a number as name", changed("Sale", "2024"), 1, 7, "name must be a text, not a number; put it in quotes."
    ),
    Refused("a date as name", changed("Sale", "2026-01-02"), 1, 7, "not a date; put it in quotes."),
    Refused("no value", changed("Sale", ""), 1, 1, '"name" has no value; write one, or remove it.'),
    Refused("no value but a comment", changed("Sale", "# Sale"), 1, 1, '"name" has no value'),
    Refused("null", changed("Sale", "null"), 1, 7, "name must be a text, not empty"),
    Refused("a blank name", changed("Sale", '" "'), 1, 7, "name is empty."),
    Refused("NUL", changed("Sale", r'"a\0"'), 1, 7, "a character that no message can carry."),
    Refused("half a surrogate", changed("Hi {{ first_name }}", r'"\ud83d"'), 3, 7, "no message can carry."),
    Refused(
        "an unknown kind", changed("marketing", "market"), 2, 7, 'no kind "market"; did you mean "marketing"?'
    ),
    Refused("an empty kind", changed("marketing", "''"), 2, 7, "kind is empty."),
    Refused("Liquid without quotes", changed("Hi {{ first_name }}", "{{ first_name }}"), 3, 7, 'after "body: |".'),
    Refused("a long topic", GOOD + f"topic: {'a' * 101}\n", 5, 8, "topic has more than 100 characters"),
    Refused("a topic that is none", GOOD + "topic: [sales]\n", 5, 8, "topic must be a text, not a list"),
    Refused("a blank body", changed("Hi {{ first_name }}", "'  '"), 3, 7, "body is empty."),
    Refused(
        "audience is a text", changed("{tags: [customer]}", "everyone"), 4, 11, "audience must be keys with values"
    ),
    Refused("audience is null", changed("{tags: [customer]}", "~"), 4, 11, "(tags, countries), not empty."),
    Refused("unknown audience", changed("tags", "tag"), 4, 12, 'no key "tag"; did you mean "tags"?'),
    Refused(
        "tags is a text",
        changed("[customer]", "customer"),
        4,
        18,
        "tags must be a list like [one, two], not a text.",
    ),
    Refused("no tags", changed("[customer]", "[]"), 4, 18, "name one, or remove tags."),
    Refused("a number as tag", changed("customer", "customer, 42"), 4, 29, "a tag must be a text, not a number"),
    Refused(
        "Norway is a text", changed("tags: [customer]", "countries: [NO, XX]"), 4, 28, 'no country "XX"; use two'
    ),
    Refused(
        "a habit", changed("tags: [customer]", "countries: [UK]"), 4, 24, 'no country "UK"; did you mean "GB"?'
    ),
    Refused("a name", changed("tags: [customer]", "countries: [Germany]"), 4, 24, 'did you mean "DE"?'),
    Refused(
        "true as country", changed("tags: [customer]", "countries: [true]"), 4, 24, "a text, not true or false"
    ),
    Refused("an unknown priority", GOOD + "priority: urgnt\n", 5, 11, 'did you mean "urgent"?'),
    Refused("an unknown alert", GOOD + "alerts: {failures: 1}\n", 5, 10, 'no key "failures"; did you mean'),
    Refused("alerts as a text", GOOD + "alerts: no\n", 5, 9, "alerts must be keys with values"),
    Refused("a rate in percent", GOOD + "alerts: {failure_rate: 20}\n", 5, 24, "a share above 0 and up to 1"),
    Refused("a share of nothing", GOOD + "alerts: {opt_out_rate: 0}\n", 5, 24, "above 0 and up to 1, like 0.1"),
    Refused("a window of days", GOOD + "alerts: {window_minutes: 9999}\n", 5, 26, "at most 1,440 minutes"),
    Refused("a minimum of none", GOOD + "alerts: {minimum: 0}\n", 5, 19, "minimum must be"),
    Refused("a pause in words", GOOD + "alerts: {pause: maybe}\n", 5, 17, "pause must be true or false"),
    Refused("a priority of its own", GOOD + "priority: 1\n", 5, 11, "priority must be a text, not a number"),
    Refused(
        "a priority nobody knows", GOOD + "priority: x\n", 5, 11, 'no priority "x"; known are normal, urgent.'
    ),
    *(
        Refused(f"rate {rate}", f"{GOOD}rate: {rate}\n", 5, 7, f"segments a second above 0, not {told}.")
        for rate, told in [
            ("fast", "a text"),
            ("0", "0"),
            ("-1", "-1"),
            (".inf", ".inf"),
            (".nan", ".nan"),
            ('"50"', "a text"),
            ("0x10", "0x10"),
            ("[1]", "a list"),
        ]
    ),
    Refused(
        "no zone", GOOD + "send_at: 2026-11-27T09:00:00\n", 5, 10, "like 2026-11-27T09:00:00-05:00 (or Z for UTC)."
    ),
    Refused(
        "only a day", GOOD + "send_at: 2026-11-27\n", 5, 10, "send_at has no time zone; add one, like 2026-11-27T"
    ),
    Refused("no date", GOOD + "send_at: tomorrow\n", 5, 10, '"tomorrow" is not a date and time; write it like'),
    Refused("February 30", GOOD + "send_at: 2026-02-30T09:00:00Z\n", 5, 10, "is not a date and time"),
    Refused("before time", GOOD + "send_at: 0001-01-01T00:00:00+14:00\n", 5, 10, "is not a date and time"),
    Refused(
        "an end before the beginning",
        GOOD + "send_at: 2026-11-27T09:00:00Z\nsend_before: 2026-11-27T10:00:00+01:00\n",
        6,
        14,
        "send_before must be later than send_at",
    ),
    Refused(
        "an end without a zone", GOOD + "send_before: 2026-11-27T09:00:00\n", 5, 14, "send_before has no time"
    ),
    Refused("a list of dates", GOOD + "send_at: [2026-11-27]\n", 5, 10, "not a list; write it like"),
    Refused(
        "a quote never closed",
        changed("Sale", "'Sale"),
        5,
        1,
        "a quote is opened here or before and never closed.",
    ),
    Refused(
        "a colon in a text", changed("Sale", "Sale: today"), 1, 11, 'a second ": " in one value; put the value in'
    ),
    Refused("a tab", changed("kind", "\tkind"), 2, 1, "this is not YAML:"),
    Refused("two campaigns", GOOD + "---\n" + GOOD, 5, 1, "a second document begins here; keep one in this file."),
    Refused("a control character", changed("Sale", "Sa\x07le"), 1, 9, "this character may not stand in YAML."),
    Refused("nested deeply", "[" * 5_000, 1, 1, "lists are nested too deeply."),
    Refused("huge", "#" * (MAX_LENGTH + 1), 1, MAX_LENGTH + 1, "the file goes on after 100,000 characters"),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.label)
def test_refuses_with_the_place(case: Refused) -> None:
    assert_refused(case)


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read_or_refused_at_a_place_within_it(text: str) -> None:
    with pytest.raises(DefinitionError) as refusal:
        read(text)
    assert 1 <= refusal.value.line <= text.count("\n") + 1
    assert 1 <= refusal.value.column <= len(text) + 1
