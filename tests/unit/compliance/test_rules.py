"""Where a sender may send, how fast, and what is said of it."""

from collections.abc import Sequence

import pytest

from messaging.compliance.country_rules import refused_countries
from messaging.compliance.numbers import SenderNumber
from messaging.compliance.throughput import Throughput, throughput_of_all
from models.compliance.checking import check_sender, is_unknown
from tests.unit.compliance.senders import BRITISH, LOCAL, NAME, SHORT_CODE, TOLL_FREE, number, sender

US_BOUND = {"US", "PR", "VI", "GU", "AS"}


@pytest.mark.parametrize(
    ("label", "numbers", "live", "refused", "allowed"),
    [
        ("nothing is known", [], True, set(), {"US", "GB"}),
        ("a registered long code", [number(LOCAL, "registered")], True, set(), {"US", "CA", "GB"}),
        ("an unregistered one, live", [number(LOCAL, "unregistered")], True, US_BOUND, {"CA", "GB"}),
        ("one whose campaign waits, live", [number(LOCAL, "pending")], True, US_BOUND, {"CA"}),
        ("an unregistered one, on the simulator", [number(LOCAL, "unregistered")], False, set(), {"US"}),
        ("one of which nobody said anything, live", [number(LOCAL)], True, set(), {"US"}),
        ("a verified toll-free number", [number(TOLL_FREE, "registered")], True, {"GB", "DE"}, {"US", "CA", "PR"}),
        ("a refused one", [number(TOLL_FREE, "rejected")], True, {"US", "CA", "GB"}, set()),
        ("a short code", [number(SHORT_CODE, "registered")], True, {"CA", "GB"}, {"US"}),
        ("a name", [number(NAME)], False, {"US", "CA", "PR"}, {"GB", "DE"}),
        ("a British number", [number(BRITISH)], True, set(), {"GB", "DE", "US"}),
        ("a name beside a toll-free number", [number(NAME), number(TOLL_FREE)], True, set(), {"US", "GB"}),
        ("a name beside an unregistered number", [number(NAME), number(LOCAL, "rejected")], True, {"US"}, {"CA"}),
        ("on WhatsApp", [number(LOCAL, channel="whatsapp")], True, set(), {"US", "GB"}),
    ],
)
def test_where_a_sender_may_not_send(
    *, label: str, numbers: Sequence[SenderNumber], live: bool, refused: set[str], allowed: set[str]
) -> None:
    found = refused_countries(numbers, live=live)
    assert refused <= found, label
    assert not allowed & found, label


def registered(address: str, score: int | None, campaign: str | None = None, *, low: bool = False) -> SenderNumber:
    return number(address, "registered", trust_score=score, campaign=campaign, low_volume=low)


@pytest.mark.parametrize(
    ("label", "numbers", "throughput"),
    [
        ("nothing is known", [], None),
        ("a good score", [registered(LOCAL, 75)], Throughput(225, 200_000)),
        ("a middling one", [registered(LOCAL, 74)], Throughput(120, 40_000)),
        ("a low one", [registered(LOCAL, 49)], Throughput(12, 10_000)),
        ("the lowest", [registered(LOCAL, 24)], Throughput(12, 2_000)),
        ("not vetted", [registered(LOCAL, None)], Throughput(12, 2_000)),
        ("low volume", [registered(LOCAL, None, low=True)], Throughput(3.75, 2_000)),
        ("not registered", [number(LOCAL, "unregistered")], Throughput(1)),
        ("registered or not, nobody said", [number(LOCAL)], None),
        ("toll-free", [number(TOLL_FREE, "registered")], Throughput(3)),
        ("a short code", [number(SHORT_CODE)], Throughput(100)),
        (
            "two of one campaign share",
            [registered(LOCAL, 80, "CM1"), registered("+12025550101", 80, "CM1")],
            Throughput(225, 200_000),
        ),
        (
            "two campaigns add up, T-Mobile counts by brand",
            [registered(LOCAL, 80, "CM1"), registered("+12025550101", 60, "CM2")],
            Throughput(345, 40_000),
        ),
        ("one of which nothing is known", [number(TOLL_FREE), number(LOCAL)], None),
        ("a person on WhatsApp", [number(LOCAL, channel="whatsapp")], Throughput(80)),
    ],
)
def test_how_fast(label: str, numbers: Sequence[SenderNumber], throughput: Throughput | None) -> None:
    assert throughput_of_all(numbers) == throughput, label


@pytest.mark.parametrize(
    ("label", "numbers", "live", "sentence", "problem"),
    [
        ("nothing known", [], True, "Nobody has said what marketing messages (sms) are sent from", False),
        (
            "no registration, live",
            [number(LOCAL, "unregistered")],
            True,
            f"{LOCAL} to US: US carriers block",
            True,
        ),
        ("the same on a simulator", [number(LOCAL, "unregistered")], False, f"{LOCAL} to US: US carriers", False),
        ("registration not told", [number(LOCAL)], True, f"{LOCAL}: nobody has said how far its A2P 10DLC", False),
        ("a name to the US", [number(NAME)], True, "Acme to US: a name as sender is not supported there.", True),
        ("a name elsewhere", [number(NAME)], True, "Acme to GB: nobody can answer a name", False),
        ("a name, with a number", [number(NAME), number(TOLL_FREE)], True, "Acme to US: a name as sender", False),
        (
            "too slow",
            [number(TOLL_FREE)],
            True,
            "may send 3 segments a second, so it goes at that and not at",
            False,
        ),
        (
            "WhatsApp's limit",
            [number(LOCAL, channel="whatsapp", daily_people=2_000)],
            True,
            f"{LOCAL} may write first to 2,000 people in 24 hours.",
            False,
        ),
        (
            "WhatsApp's quality",
            [number(LOCAL, channel="whatsapp", quality="low")],
            True,
            f"{LOCAL}: people block or report it, and Meta may lower its limit.",
            False,
        ),
        ("T-Mobile", [registered(LOCAL, 60)], True, "T-Mobile takes 40,000 segments a day of its brand.", False),
    ],
)
def test_what_is_said(
    *, label: str, numbers: Sequence[SenderNumber], live: bool, sentence: str, problem: bool
) -> None:
    found = check_sender(sender(), numbers, live=live)
    assert [finding.problem for finding in found if sentence in finding.sentence] == [problem], label
    assert found == sorted(found, key=lambda finding: not finding.problem)


def test_a_registered_sender_within_its_rate_has_nothing_to_be_told() -> None:
    numbers = [number(TOLL_FREE, "registered"), number("+442079460002")]
    assert check_sender(sender(rate=3.0), numbers, live=True, country="US") == []
    assert not is_unknown(numbers)
