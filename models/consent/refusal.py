"""Why a message may not go to its person, as SQL: the one rule that preview, plan, claim, gate and direct ask.

The same rule as `messaging.consent.judging`, which says what it means and why; a test compares the two. It needs
the parameters of `rule_values`.
"""

import json
from datetime import datetime, timedelta
from typing import Any, Final

from messaging.consent.region_rules import ConsentRules

CONSENT: Final = """
    LEFT JOIN consents cs
        ON cs.organization_id = m.organization_id AND cs.phone = m.phone
        AND cs.message_type = m.message_type AND cs.topic = '' AND cs.channel = m.channel
    LEFT JOIN consents ts
        ON ts.organization_id = m.organization_id AND ts.phone = m.phone
        AND ts.message_type = m.message_type AND ts.topic = NULLIF(m.topic, '') AND ts.channel = m.channel
"""
"""Joins the consents of a message `m`: `cs` to every topic, and `ts` to its own, if it has one.

`m` needs organization_id, phone, message_type, topic, channel and country.
"""

_NO: Final = """
    cs.state = 'opted_out' OR ts.state = 'opted_out' OR (m.channel <> 'sms' AND EXISTS (
        SELECT FROM consents no
        WHERE no.organization_id = m.organization_id AND no.phone = m.phone AND no.message_type = m.message_type
            AND no.topic IN ('', m.topic) AND no.channel = 'sms' AND no.state = 'opted_out'))
"""

_DOUBLE: Final = """
    COALESCE(m.country = ANY(CAST(:double_opt_in_countries AS text[]))
        OR (CAST(:double_opt_in AS boolean) AND m.country <> ALL(CAST(:countries_with_rules AS text[]))), true)
"""

_SOFT: Final = """
    COALESCE(m.country = ANY(CAST(:soft_opt_in_countries AS text[]))
        OR (CAST(:soft_opt_in AS boolean) AND m.country <> ALL(CAST(:countries_with_rules AS text[]))), false)
"""

_OLDEST: Final = """
    COALESCE(CAST(CAST(:oldest_consents AS jsonb) ->> COALESCE(m.country, '') AS timestamptz),
        CAST(:oldest_consent AS timestamptz), '-infinity')
"""


def _weakness(row: str) -> str:
    """Why the consent `row` is not enough for marketing, or NULL."""
    return f"""
        CASE WHEN {row}.state IS DISTINCT FROM 'opted_in' THEN 'no_consent'
            WHEN {row}.in_review THEN 'in_review'
            WHEN CAST(:consents_grow_old AS boolean) AND COALESCE({row}.agreed_at, {row}.given_at) <= {_OLDEST}
                THEN 'stale_consent'
            WHEN {row}.basis = 'soft' THEN CASE WHEN NOT {_SOFT} THEN 'soft_opt_in_not_allowed' END
            WHEN {row}.basis IS DISTINCT FROM 'confirmed' AND {_DOUBLE} THEN 'unconfirmed_consent' END
    """


_OF_ITS_TOPIC: Final = f"""
    CASE WHEN (cs.state = 'opted_in' AND cs.in_review) OR (ts.state = 'opted_in' AND ts.in_review) THEN 'in_review'
        WHEN ({_weakness("ts")}) IS NULL OR ({_weakness("cs")}) IS NULL THEN NULL
        ELSE COALESCE(LEAST(NULLIF({_weakness("cs")}, 'no_consent'), NULLIF({_weakness("ts")}, 'no_consent')),
            'no_consent') END
"""
"""One valid consent is enough, unless a text of the person waits for a decision."""

REFUSAL: Final = f"""
    CASE WHEN {_NO} THEN 'opted_out'
        WHEN m.message_type <> 'marketing' THEN NULL
        WHEN m.topic = '' THEN {_weakness("cs")}
        ELSE {_OF_ITS_TOPIC} END
"""
"""The reason not to send, or NULL, of a message joined with `CONSENT`.

Most messages are SMS to no topic: for them `cs` decides, and nothing else is looked for. The countries' rules are
lists and not a joined table, because most rows then never ask for them.
"""

WHATSAPP_HOURS = 24

WINDOW_CLOSED = f"""
    m.channel = 'whatsapp' AND NOT EXISTS (
        SELECT FROM conversations v
        WHERE v.organization_id = m.organization_id AND v.contact_id = m.contact_id AND v.channel = 'whatsapp'
            AND (v.our_address = m.our_address OR v.our_address LIKE 'MG%')
            AND v.last_inbound_at > CAST(:now AS timestamptz) - make_interval(hours => {WHATSAPP_HOURS}))
"""
"""Whether a free-form message to WhatsApp comes more than 24 hours after the person last wrote there (63016).

See https://www.twilio.com/docs/whatsapp/key-concepts#the-24-hour-window; `m` needs contact_id and our_address. A
WhatsApp sender that belongs to a Messaging Service is written to by way of that.
"""


def rule_values(rules: ConsentRules, *, now: datetime) -> dict[str, Any]:
    """The parameters that `REFUSAL` takes for an organization's rules at this moment of business time."""
    countries = rules.countries
    ages = {code: rules.rule_of(code).max_age_days for code, rule in countries.items() if rule.max_age_days}
    ages[""] = rules.rule_of(None).max_age_days
    oldest = {code: (now - timedelta(days=days)).isoformat() for code, days in ages.items() if days is not None}
    general = rules.max_age_days
    return {
        "countries_with_rules": list(countries),
        "double_opt_in_countries": [code for code, rule in countries.items() if rule.double_opt_in],
        "double_opt_in": rules.double_opt_in,
        "soft_opt_in_countries": [code for code, rule in countries.items() if rule.soft_opt_in],
        "soft_opt_in": rules.soft_opt_in,
        "consents_grow_old": bool(oldest),
        "oldest_consents": json.dumps(oldest),
        "oldest_consent": None if general is None else now - timedelta(days=general),
    }
