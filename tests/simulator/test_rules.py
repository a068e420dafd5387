"""The simulator's pure rules, by table and by property."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from simulator.chance import Chance
from simulator.fate import fate_of
from simulator.messages import Message
from simulator.optouts import keyword
from simulator.overrides import parse_overrides
from simulator.pace import Line
from simulator.segments import count_segments
from simulator.senders import Senders
from simulator.settings import Settings, Span, changed, merge
from simulator.signature import sign
from simulator.twiml import replies

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
URL = "https://api.example.org/webhooks/twilio/status?id=1&x=%20"
JSON_OBJECTS = st.recursive(
    st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=3), max_size=3),
    lambda inner: st.dictionaries(st.text(max_size=3), inner | st.integers(), max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(TEXT.filter(bool), TEXT, max_size=6), TEXT.filter(bool))
def test_twilios_validator_agrees_on_every_form(form: dict[str, str], token: str) -> None:
    signature = sign(f"{URL}#rc=5&rp=all", form.items(), auth_token=token)
    assert RequestValidator(token).validate(URL, form, signature)


@pytest.mark.parametrize(
    ("body", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 150, 2),
        ("a" * 152 + "€" * 77, 3),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("👍" * 35, 1),
        ("👍" * 36, 2),
        ("👍" * 67, 3),
    ],
)
def test_segments(body: str, segments: int) -> None:
    assert count_segments(body) == segments


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("STOP", "STOP"),
        (" optout\n", "STOP"),
        ("Revoke", "STOP"),
        ("yes", "START"),
        ("UNSTOP", "START"),
        ("info", "HELP"),
        ("stop it", None),
        ("", None),
    ],
)
def test_keywords(body: str, word: str | None) -> None:
    assert keyword(body) == word


@pytest.mark.parametrize(
    ("fragment", "retries", "retried"),
    [
        ("", 1, {"ct"}),
        ("#rc=5&rp=all", 5, {"ct", "rt", "4xx", "5xx"}),
        ("#rp=5xx,rt", 1, {"5xx", "rt"}),
        ("#rc=6&rp=never", 1, {"ct"}),
        ("#rc=-1", 1, {"ct"}),
        ("#rc=0", 0, {"ct"}),
    ],
)
def test_overrides(fragment: str, retries: int, retried: set[str]) -> None:
    overrides = parse_overrides(f"https://example.org/{fragment}")
    assert overrides.retries == retries
    assert {failure for failure in ("ct", "rt", "4xx", "5xx") if overrides.retry(failure)} == retried


def test_overrides_of_time_are_milliseconds() -> None:
    overrides = parse_overrides("https://example.org/#ct=250&rt=2000&tt=99999")
    assert (overrides.connect, overrides.read, overrides.total) == (0.25, 2.0, 15.0)


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        ("<Response/>", []),
        ("<Response><Message>Hi</Message></Response>", ["Hi"]),
        ("<Response><Message><Body>A &amp; B</Body></Message><Message>C</Message></Response>", ["A & B", "C"]),
        ("<?xml version='1.0' encoding='UTF-8'?><Response><Message>é</Message></Response>", ["é"]),
        ("<Response><Redirect>/x</Redirect></Response>", []),
        ("", []),
        ("OK", []),
        ("<html/>", []),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><Response><Message>&b;</Message></Response>", []),
    ],
)
def test_twiml(text: str, bodies: list[str]) -> None:
    assert [reply.body for reply in replies(text)] == bodies


@given(st.integers(), TEXT, TEXT)
def test_chance_depends_on_seed_and_message_only(seed: int, to: str, body: str) -> None:
    chance, again, later = (Chance(seed, to, body, nth) for nth in (0, 0, 1))
    assert chance.roll("a") == again.roll("a")
    assert chance.roll("a") != chance.roll("b")
    assert chance.roll("a") != later.roll("a")
    assert 0 <= chance.roll("a") < 1
    assert 2 <= chance.within("wait", Span(low=2, high=3)) <= 3


def test_shares_are_kept() -> None:
    shares = [("a", 0.1), ("b", 0.3)]
    drawn = [Chance(1, str(number), "", 0).share_of("x", shares) for number in range(10_000)]
    assert drawn.count("a") == pytest.approx(1000, abs=120)
    assert drawn.count("b") == pytest.approx(3000, abs=200)


@given(st.floats(0, 0.5), st.floats(0, 0.5), st.floats(0, 1), st.integers(0, 10_000))
def test_every_fate_follows_twilios_order(undelivered: float, failed: float, sending: float, nth: int) -> None:
    order = ["queued", "sending", "sent", "undelivered", "failed", "delivered", "read"]
    outcomes = {"undelivered": undelivered, "failed": failed, "sending": sending}
    settings = changed(Settings(), {"outcomes": outcomes})
    message = Message("AC1", "+12125550101", None, "Hi", "outbound-api", "accepted", service_sid="MG1")
    steps = fate_of(message, settings=settings, chance=Chance(1, message.to, "Hi", nth))
    places = [order.index(step.status) for step in steps]
    assert places == sorted(set(places))
    assert steps[-1].status in ("undelivered", "failed", "delivered")
    assert (steps[-1].error is None) == (steps[-1].status == "delivered")


@given(JSON_OBJECTS, JSON_OBJECTS)
def test_merging_a_patch_twice_is_merging_it_once(target: dict[str, object], patch: dict[str, object]) -> None:
    assert merge(merge(target, patch), patch) == merge(target, patch)
    assert merge(target, {}) == target


@given(st.lists(st.integers(1, 10), min_size=1, max_size=30))
def test_a_line_never_exceeds_its_rate(segments: list[int]) -> None:
    line = Line()
    begins = [line.take("sender", now=0.0, seconds=size / 10) for size in segments]
    assert begins == pytest.approx([sum(segments[:index]) / 10 for index in range(len(segments))])
    assert line.wait("another", now=0.0) == 0


def test_pools_are_fictional_numbers_of_one_service_each() -> None:
    senders = Senders()
    pools = [senders.pool(f"MG{index}", size=30) for index in range(10)]
    numbers = [number for pool in pools for number in pool]
    assert len(set(numbers)) == 300
    assert all(number[5:10] == "55501" and number.startswith("+1") for number in numbers)
    assert senders.service_of(pools[7][3]) == "MG7"
    assert senders.service_of("+12125559999") is None
