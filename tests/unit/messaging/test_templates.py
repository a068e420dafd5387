"""Body templates: what they render, and how their mistakes are told."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging import templates
from messaging.templates import TemplateError

KNOWN = frozenset({"first_name", "plan", "amount", "loyalty points"})
ANA = {"first_name": "Ana", "plan": "gold", "amount": "12.5", "loyalty points": 340}


@dataclass(frozen=True)
class Rendered:
    label: str
    source: str
    text: str
    uses: frozenset[str] = frozenset()


RENDERED = [
    Rendered("no variable", "Sale today", "Sale today"),
    Rendered("empty", "", ""),
    Rendered("a field", "Hi {{ first_name }}!", "Hi Ana!", frozenset({"first_name"})),
    Rendered("a name with a space", "{{ ['loyalty points'] }}", "340", frozenset({"loyalty points"})),
    Rendered("default not needed", '{{ first_name | default: "you" }}', "Ana", frozenset({"first_name"})),
    Rendered("filters", "{{ plan | upcase | append: '!' }}", "GOLD!", frozenset({"plan"})),
    Rendered("arithmetic", "{{ amount | times: 2 }}", "25.0", frozenset({"amount"})),
    Rendered("if", "{% if plan == 'gold' %}VIP{% else %}hello{% endif %}", "VIP", frozenset({"plan"})),
    Rendered("unless", "{% unless plan == 'gold' %}x{% endunless %}y", "y", frozenset({"plan"})),
    Rendered("case", "{% case plan %}{% when 'gold' %}G{% else %}-{% endcase %}", "G", frozenset({"plan"})),
    Rendered("loop", "{% for i in (1..3) %}{{ i }}{{ forloop.last }} {% endfor %}", "1false 2false 3true "),
    Rendered("own variable", "{% assign who = first_name %}{{ who }}", "Ana", frozenset({"first_name"})),
    Rendered("capture", "{% capture x %}a{% endcapture %}{{ x }}{{ x }}", "aa"),
    Rendered("comment hides", "a{% comment %}{{ nobody }}{% endcomment %}b", "ab"),
    Rendered("raw is kept", "{% raw %}{{ nobody }}{% endraw %}", "{{ nobody }}"),
    Rendered("CRLF is kept, Twilio counts both", "a\r\nb\nc", "a\r\nb\nc"),
    Rendered("whitespace control", "a {{- plan -}} b", "agoldb", frozenset({"plan"})),
]


@pytest.mark.parametrize("case", RENDERED, ids=lambda case: case.label)
def test_renders(case: Rendered) -> None:
    template = templates.compile(case.source, variables=KNOWN)
    assert template.render(ANA) == case.text
    assert template.variables == case.uses
    assert template.source == case.source


@pytest.mark.parametrize(
    ("label", "source", "values", "text"),
    [
        ("None is empty", "[{{ plan }}]", {"plan": None}, "[]"),
        ("an absent name is empty", "[{{ plan }}]", {}, "[]"),
        ("default for None", "{{ plan | default: 'basic' }}", {"plan": None}, "basic"),
        ("default for absent", "{{ plan | default: 'basic' }}", {}, "basic"),
        ("default for empty", "{{ plan | default: 'basic' }}", {"plan": ""}, "basic"),
        ("default from another field", "{{ plan | default: first_name }}", {"first_name": "Ana"}, "Ana"),
        ("None is false", "{% if plan %}a{% else %}b{% endif %}", {"plan": None}, "b"),
        ("HTML is text", "{{ plan }}", {"plan": "<b>Tom & Ann's</b>"}, "<b>Tom & Ann's</b>"),
        ("Liquid in a value is text", "{{ plan }}", {"plan": "{{ first_name }}"}, "{{ first_name }}"),
        ("number", "{{ amount }}", {"amount": Decimal("9.90")}, "9.90"),
        ("truth", "{{ plan }}", {"plan": True}, "true"),
        ("date", "{{ plan | date: '%d %b' }}", {"plan": date(2026, 3, 9)}, "09 Mar"),
        ("unused values don't matter", "x", {"zip": "10001"}, "x"),
    ],
)
def test_values(label: str, source: str, values: dict[str, object], text: str) -> None:
    assert templates.compile(source, variables=KNOWN).render(values) == text, label


@dataclass(frozen=True)
class Refused:
    label: str
    source: str
    line: int
    column: int
    says: str


REFUSED = [
    Refused(
        "a typo", "Hi {{ frist_name }}", 1, 7, 'there is no variable "frist_name"; did you mean "first_name"?'
    ),
    Refused("nothing near", "Hi\n {{ zzz }}", 2, 5, 'no variable "zzz"; known are amount, first_name, loyalty'),
    Refused("earliest first", "{{ zz }}{{ plan | yy }}", 1, 4, 'no variable "zz"'),
    Refused("a prefix of ours", "{{ contact.plan }}", 1, 4, 'no variable "contact.plan"; did you mean "plan"?'),
    Refused("inside a text", "{{ plan.tier }}", 1, 4, '"plan.tier" looks inside "plan"'),
    Refused("in a condition", "{% if planet %}x{% endif %}", 1, 7, 'no variable "planet"; did you mean "plan"?'),
    Refused("in a filter", "{{ plan | append: zzz }}", 1, 19, 'no variable "zzz"'),
    Refused("Liquid's clock", "{{ now }}", 1, 4, 'no variable "now"'),
    Refused("unknown filter", "{{ plan | uppcase }}", 1, 11, 'no filter "uppcase"; did you mean "upcase"?'),
    Refused("HTML filter", "{{ plan | escape }}", 1, 11, 'no filter "escape"'),
    Refused("unclosed output", "a {{ plan ", 1, 3, "this is never closed with }}"),
    Refused("unclosed tag", "a\n{% if plan", 2, 1, "missing tag name or closing delimiter"),
    Refused("unclosed block", "ok {% if plan %}x", 1, 4, "this block is never closed with {% endif %}"),
    Refused(
        "the unclosed one of two",
        "{% if plan %}{% endif %}\n {% if plan %}{% if amount %}{% endif %}",
        2,
        2,
        "never closed with {% endif %}",
    ),
    Refused("empty output", "{{ plan }} {{ }} {{ plan }}", 1, 12, "found nothing"),
    Refused("no condition", "{% if %}x{% endif %}", 1, 4, "missing expression"),
    Refused("two words", "{{ first name }}", 1, 10, "expected end of expression, found word"),
    Refused("end without start", "{% endif %}", 1, 4, "unexpected tag 'endif'"),
    Refused("include", "{% include 'other' %}", 1, 4, "unexpected tag 'include'"),
    Refused("render", "{% render 'other' %}", 1, 4, "unexpected tag 'render'"),
    Refused("table", "{% tablerow i in plan %}{% endtablerow %}", 1, 4, "unexpected tag 'tablerow'"),
    Refused("huge range", "{% for i in (1..99999999) %}{% endfor %}", 1, 13, "a range needs two plain numbers"),
    Refused("range from data", "{% for i in (1..amount) %}{% endfor %}", 1, 13, "a range needs two plain numbers"),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.label)
def test_refuses_with_the_place(case: Refused) -> None:
    with pytest.raises(TemplateError) as refusal:
        templates.compile(case.source, variables=KNOWN, where="sale.yaml body")
    assert (refusal.value.line, refusal.value.column) == (case.line, case.column)
    assert str(refusal.value).startswith(f"sale.yaml body, line {case.line}, column {case.column}: ")
    assert case.says in str(refusal.value)
    assert str(refusal.value)[-1] in ".?"
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("label", "source", "says"),
    [
        ("division by zero", "{{ 1 | divided_by: amount }}", "can't divide by 0"),
        (
            "nested loops",
            "{% for i in (1..900) %}{% for j in (1..900) %}{% endfor %}{% endfor %}",
            "loop iteration",
        ),
        ("long output", "{% for i in (1..999) %}" + "x" * 100 + "{% endfor %}", "output stream limit"),
        (
            "doubling",
            "{% assign x = 'ab' %}{% for i in (1..50) %}{% assign x = x | append: x %}{% endfor %}",
            "local namespace limit",
        ),
    ],
)
def test_refuses_while_rendering(label: str, source: str, says: str) -> None:
    template = templates.compile(source, variables=KNOWN)
    with pytest.raises(TemplateError, match=says) as refusal:
        template.render({"amount": 0})
    assert refusal.value.line == 1, label


def test_a_value_too_long_for_a_message_is_refused() -> None:
    template = templates.compile("{{ plan }}", variables=KNOWN)
    with pytest.raises(TemplateError, match="output stream limit"):
        template.render({"plan": "x" * 20_001})


SCRAPS = """{{ }} {% %} {%- -%} plan if endif for i in (1..3) | default : ' " - é assign = raw endraw comment
endcomment [ ] . case when 1 capture x endcapture endfor else elsif == contains times"""
LIQUID_SCRAPS = st.lists(st.sampled_from([*SCRAPS.split(), " ", "\n"])).map("".join)


def attempt(source: str, values: dict[str, object]) -> str | TemplateError:
    try:
        return templates.compile(source, variables=KNOWN).render(values)
    except TemplateError as refusal:
        return refusal


@given(source=st.one_of(st.text(), LIQUID_SCRAPS))
def test_any_text_renders_or_is_refused_at_a_place_within_it(source: str) -> None:
    outcome = attempt(source, {"plan": "gold"})
    if isinstance(outcome, TemplateError):
        assert 1 <= outcome.line <= source.count("\n") + 1
        assert 1 <= outcome.column <= len(source) + 1
    elif "{{" not in source and "{%" not in source:
        assert outcome == source


@given(value=st.one_of(st.none(), st.text(max_size=50), st.integers(), st.floats(), st.booleans()))
def test_any_value_renders_or_is_refused(value: object) -> None:
    source = "{{ plan | default: 'x' | truncate: 9 }}{{ plan | plus: 1 | times: 3 }}{{ plan | date: '%Y' }}"
    outcome = attempt(source, {"plan": value})
    assert isinstance(outcome, str) or outcome.line == 1
