"""Consents and the rules for them, in sentences for people."""

from messaging.consent.facts import ALL_TOPICS, CONFIRMED, OPTED_IN, SOFT, ConsentFact
from messaging.consent.region_rules import RegionRule

_STATES = {
    "opted_in": "a yes",
    "opted_out": "a no",
    "pending": "asked, and not confirmed yet",
    "unknown": "neither yes nor no",
}
_BASES = {CONFIRMED: "confirmed by the number itself", SOFT: "resting on a sale", None: "given once"}


def rule_in_words(rule: RegionRule, country: str | None) -> str:
    """What the recipient's country asks of a consent to marketing."""
    where = f"In {country}" if country else "Where nobody knows the country"
    asked = (
        "a consent must have been confirmed by the number itself" if rule.double_opt_in else "a consent is enough"
    )
    sale = ", or a sale for similar products" if rule.soft_opt_in else ""
    age = f"; it holds for {rule.max_age_days:,} days" if rule.max_age_days is not None else ""
    return f"{where}, {asked}{sale}{age}."


def consent_in_words(consent: ConsentFact) -> str:
    """One consent: to what, where, since when and on what it rests."""
    about = "every topic" if consent.topic == ALL_TOPICS else f'the topic "{consent.topic}"'
    place = f"To {about} on {_channel(consent.channel)}"
    held = "; a text of the person waits for a decision" if consent.in_review else ""
    if consent.state != OPTED_IN:
        return f"{place}: {_STATES.get(consent.state, consent.state)}, since {consent.given_at:%Y-%m-%d}{held}."
    since = consent.agreed_at or consent.given_at
    basis = _BASES.get(consent.basis, "given once")
    return f"{place}: {_STATES[OPTED_IN]}, {basis}, since {since:%Y-%m-%d}{held}."


def _channel(channel: str) -> str:
    return {"sms": "SMS", "whatsapp": "WhatsApp"}.get(channel, channel)
