"""The rule in SQL says what the rule in Python says, of any message to anybody."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.consent.facts import ConsentFact, Facts
from messaging.consent.judging import judge
from messaging.consent.region_rules import ConsentRules, RegionRule
from models.consent.refusal import CONSENT, REFUSAL, rule_values

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PEOPLE = 3_000
TOPICS = ("", "sales", "news")
CHANNELS = ("sms", "whatsapp")
COUNTRIES = ("US", "DE", "GB", "BR", None)
AGES = (None, 1, 30, 365)

_WRITE = text("""
    WITH entry AS (
        INSERT INTO consent_events (organization_id, phone, message_type, state_before, state_after, method,
                                    source, topic, channel, given_at, recorded_at)
        VALUES (:organization_id, '', 'marketing', 'unknown', 'opted_in', 'api', 'test', '', 'sms', now(), now())
        RETURNING id
    )
    INSERT INTO consents (organization_id, phone, message_type, topic, channel, state, basis, agreed_at, given_at,
                          in_review, event_id)
    SELECT :organization_id, u.*, entry.id
    FROM entry, unnest(CAST(:phones AS text[]), CAST(:types AS text[]), CAST(:topics AS text[]),
                       CAST(:channels AS text[]), CAST(:states AS text[]), CAST(:bases AS text[]),
                       CAST(:agreed AS timestamptz[]), CAST(:given AS timestamptz[]),
                       CAST(:reviews AS boolean[])) u
""")

_JUDGE = text(f"""
    SELECT m.phone, {REFUSAL} AS refusal
    FROM (
        SELECT CAST(:organization_id AS uuid) AS organization_id, u.*
        FROM unnest(CAST(:phones AS text[]), CAST(:types AS text[]), CAST(:topics AS text[]),
                    CAST(:channels AS text[]), CAST(:countries AS text[]))
            AS u(phone, message_type, topic, channel, country)
    ) m {CONSENT}
""")  # noqa: S608 (only the text above is put in)

Consents = dict[tuple[str, str], list[ConsentFact]]
"""By the number and the type of message."""


@pytest.mark.parametrize("seed", range(3))
async def test_it_agrees_with_the_pure_rule(connection: AsyncConnection, organization_id: UUID, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 (made-up histories)
    rules = _rules(chance)
    known: Consents = {}
    for number in range(PEOPLE):
        _add_consents(chance, known, f"+1555{number:07d}")
    await connection.execute(_WRITE, {"organization_id": organization_id, **_columns(known)})
    messages = [_message(chance, number) for number in range(PEOPLE)]
    found = await connection.execute(
        _JUDGE, {"organization_id": organization_id, **_asked(messages), **rule_values(rules, now=NOW)}
    )
    said = {row.phone: row.refusal for row in found}
    expected = {message["phone"]: judge(_facts(message, known, rules)).refusal for message in messages}
    assert {phone: (said[phone], why) for phone, why in expected.items() if said[phone] != why} == {}
    assert len(set(expected.values())) == 7, "each reason, and none, occurs"


def _rules(chance: random.Random) -> ConsentRules:
    """All kinds of countries, with and without ages."""
    return ConsentRules(
        max_age_days=chance.choice(AGES[1:]),
        double_opt_in=chance.random() < 0.5,
        soft_opt_in=chance.random() < 0.5,
        countries={
            "DE": RegionRule(double_opt_in=True, soft_opt_in=chance.random() < 0.5),
            "GB": RegionRule(double_opt_in=False, soft_opt_in=True, max_age_days=chance.choice(AGES)),
            "US": RegionRule(max_age_days=chance.choice(AGES)),
        },
    )


def _add_consents(chance: random.Random, known: Consents, phone: str) -> None:
    for message_type in ("marketing", "transactional"):
        places = [(topic, channel) for topic in TOPICS for channel in CHANNELS]
        mostly_yes = chance.random() < 0.7
        for topic, channel in chance.sample(places, k=chance.choice((0, 1, 1, 2, 3))):
            states = ["opted_in"] * 6 if mostly_yes else ["opted_in", "opted_out", "pending", "unknown"]
            known.setdefault((phone, message_type), []).append(
                ConsentFact(
                    topic=topic,
                    channel=channel,
                    state=chance.choice(states),
                    basis=chance.choice((None, "single", "confirmed", "soft")),
                    agreed_at=chance.choice((None, NOW - timedelta(days=chance.choice((0, 1, 29, 30, 365, 366))))),
                    given_at=NOW - timedelta(days=chance.choice((0, 1, 30, 400))),
                    in_review=chance.random() < 0.1,
                )
            )


def _columns(known: Consents) -> dict[str, list[Any]]:
    rows = [(phone, kind, fact) for (phone, kind), facts in known.items() for fact in facts]
    return {
        "phones": [phone for phone, _, _ in rows],
        "types": [kind for _, kind, _ in rows],
        "topics": [fact.topic for _, _, fact in rows],
        "channels": [fact.channel for _, _, fact in rows],
        "states": [fact.state for _, _, fact in rows],
        "bases": [fact.basis for _, _, fact in rows],
        "agreed": [fact.agreed_at for _, _, fact in rows],
        "given": [fact.given_at for _, _, fact in rows],
        "reviews": [fact.in_review for _, _, fact in rows],
    }


def _message(chance: random.Random, number: int) -> dict[str, Any]:
    return {
        "phone": f"+1555{number:07d}",
        "message_type": chance.choice(("marketing", "marketing", "marketing", "transactional")),
        "topic": chance.choice(TOPICS),
        "channel": chance.choice(("sms", "sms", "whatsapp")),
        "country": chance.choice(COUNTRIES),
    }


def _asked(messages: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    names = {
        "phones": "phone",
        "types": "message_type",
        "topics": "topic",
        "channels": "channel",
        "countries": "country",
    }
    return {column: [message[name] for message in messages] for column, name in names.items()}


def _facts(message: dict[str, Any], known: Consents, rules: ConsentRules) -> Facts:
    return Facts(
        message_type=message["message_type"],
        topic=message["topic"],
        channel=message["channel"],
        rule=rules.rule_of(message["country"]),
        consents=tuple(known.get((message["phone"], message["message_type"]), ())),
        now=NOW,
    )
