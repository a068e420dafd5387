"""The rules of consent, case by case: what allows a message, what stands against it, and in what words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from messaging.consent.facts import ConsentFact, Facts
from messaging.consent.judging import judge
from messaging.consent.refusals import SENTENCES, ConsentRefusal
from messaging.consent.region_rules import ConsentRules, RegionRule, rules_by_law
from models.messages.skip_reasons import in_words
from models.messages.tables import SkipReason

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DOUBLE = RegionRule(double_opt_in=True)
SOFT = RegionRule(double_opt_in=True, soft_opt_in=True)
YEAR = RegionRule(max_age_days=365)


def consent(state: str, **changes: Any) -> ConsentFact:
    return ConsentFact(**{"state": state, "given_at": NOW - timedelta(days=1), **changes})


YES, NO = consent("opted_in"), consent("opted_out")


def verdict(*consents: ConsentFact, **changes: Any) -> str | None:
    facts: dict[str, Any] = {"message_type": "marketing", "rule": RegionRule(), "now": NOW, **changes}
    return judge(Facts(consents=consents, **facts)).refusal


@pytest.mark.parametrize(
    ("consents", "message", "expected"),
    [
        pytest.param((), {}, "no_consent", id="marketing without a record"),
        pytest.param((), {"message_type": "transactional"}, None, id="transactional without a record"),
        pytest.param((YES,), {}, None, id="a yes"),
        pytest.param((NO,), {}, "opted_out", id="a no"),
        pytest.param((NO,), {"message_type": "transactional"}, "opted_out", id="a no to transactional"),
        pytest.param((consent("pending"),), {}, "no_consent", id="asked, and not confirmed"),
        pytest.param((consent("unknown"),), {}, "no_consent", id="restored to nothing"),
        pytest.param((YES,), {"topic": "sales"}, None, id="a yes to all is one to a topic"),
        pytest.param((consent("opted_in", topic="sales"),), {"topic": "sales"}, None, id="a yes to its topic"),
        pytest.param(
            (consent("opted_in", topic="sales"),), {}, "no_consent", id="a yes to one topic is none to all"
        ),
        pytest.param(
            (consent("opted_in", topic="sales"),), {"topic": "news"}, "no_consent", id="a yes to another topic"
        ),
        pytest.param(
            (YES, consent("opted_out", topic="sales")), {"topic": "sales"}, "opted_out", id="a no to its topic"
        ),
        pytest.param(
            (YES, consent("opted_out", topic="sales")), {"topic": "news"}, None, id="a no to another topic"
        ),
        pytest.param(
            (YES, consent("opted_out", topic="sales")), {}, None, id="a no to a topic, and none is named"
        ),
        pytest.param(
            (NO, consent("opted_in", topic="sales")),
            {"topic": "sales"},
            "opted_out",
            id="a no to all beats a topic",
        ),
        pytest.param((YES,), {"channel": "whatsapp"}, "no_consent", id="a yes on SMS is none on WhatsApp"),
        pytest.param(
            (NO, consent("opted_in", channel="whatsapp")),
            {"channel": "whatsapp"},
            "opted_out",
            id="a no on SMS holds on WhatsApp",
        ),
        pytest.param((YES, consent("opted_out", channel="whatsapp")), {}, None, id="a no on WhatsApp leaves SMS"),
        pytest.param((consent("opted_in", in_review=True),), {}, "in_review", id="a text waits for a decision"),
        pytest.param(
            (consent("opted_in", in_review=True), consent("opted_in", topic="sales")),
            {"topic": "sales"},
            "in_review",
            id="a text waits, whatever the topic",
        ),
        pytest.param((YES,), {"rule": DOUBLE}, "unconfirmed_consent", id="where a number must confirm"),
        pytest.param((consent("opted_in", basis="confirmed"),), {"rule": DOUBLE}, None, id="and has"),
        pytest.param(
            (consent("opted_in", basis="soft"),), {"rule": DOUBLE}, "soft_opt_in_not_allowed", id="a sale alone"
        ),
        pytest.param((consent("opted_in", basis="soft"),), {"rule": SOFT}, None, id="a sale, where it is enough"),
        pytest.param((YES,), {"rule": YEAR}, None, id="younger than a year"),
        pytest.param(
            (consent("opted_in", given_at=NOW - timedelta(days=365)),),
            {"rule": YEAR},
            "stale_consent",
            id="a year old to the second",
        ),
        pytest.param(
            (consent("opted_in", agreed_at=NOW - timedelta(days=366)),),
            {"rule": YEAR},
            "stale_consent",
            id="a START does not make it younger",
        ),
        pytest.param(
            (
                consent("opted_in", agreed_at=NOW - timedelta(days=366)),
                consent("opted_in", topic="sales"),
            ),
            {"rule": YEAR, "topic": "sales"},
            None,
            id="one valid consent of two is enough",
        ),
    ],
)
def test_what_consent_allows(
    consents: tuple[ConsentFact, ...], message: dict[str, Any], expected: str | None
) -> None:
    assert verdict(*consents, **message) == expected


@pytest.mark.parametrize(
    ("rules", "country", "expected"),
    [
        pytest.param(ConsentRules(), "US", RegionRule(), id="a plain consent is enough"),
        pytest.param(ConsentRules(), "BR", RegionRule(), id="a country without a rule"),
        pytest.param(ConsentRules(), "DE", SOFT, id="Germany"),
        pytest.param(ConsentRules(), "GB", RegionRule(soft_opt_in=True), id="United Kingdom"),
        pytest.param(ConsentRules(), None, DOUBLE, id="nobody knows where: the strictest"),
        pytest.param(
            ConsentRules(soft_opt_in=True, countries={}), None, DOUBLE, id="where unknown, a sale is never enough"
        ),
        pytest.param(ConsentRules(max_age_days=9), "DE", replace(SOFT, max_age_days=9), id="an age for all"),
        pytest.param(
            ConsentRules(max_age_days=9, countries={"DE": YEAR}),
            "DE",
            YEAR,
            id="a country's own age, even if longer",
        ),
        pytest.param(
            ConsentRules(max_age_days=500, countries={"DE": YEAR}),
            None,
            RegionRule(double_opt_in=True, max_age_days=365),
            id="where unknown, the shortest age",
        ),
    ],
)
def test_rule_of_a_country(rules: ConsentRules, country: str | None, expected: RegionRule) -> None:
    assert rules.rule_of(country) == expected


def test_every_rule_by_law_names_its_country_and_source() -> None:
    assert rules_by_law()["DE"] == SOFT
    assert all(len(country) == 2 and country.isupper() for country in rules_by_law())


def test_every_reason_has_a_sentence() -> None:
    assert set(SENTENCES) == set(ConsentRefusal)
    assert [reason for reason in SkipReason if not in_words(reason).endswith(".")] == []
