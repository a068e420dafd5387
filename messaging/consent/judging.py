"""May this message go to this person? `models.consent.refusal` says the same in SQL; a test compares the two.

A no counts for its type of message: to its topic or to all, and on its channel or on SMS, for a STOP is meant
for us and not for one way of reaching people. Marketing needs a yes: to its topic or to all, on its own channel,
and of the kind that the recipient's country asks for. What is not known is decided toward not sending marketing.
"""

from dataclasses import dataclass
from datetime import timedelta

from messaging.consent.facts import (
    ALL_TOPICS,
    CONFIRMED,
    OPTED_IN,
    OPTED_OUT,
    SMS,
    SOFT,
    ConsentFact,
    Facts,
)
from messaging.consent.refusals import SENTENCES, ConsentRefusal


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the message may go: None, or why not."""

    refusal: ConsentRefusal | None

    @property
    def allowed(self) -> bool:
        """Whether consent allows the message."""
        return self.refusal is None

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        return SENTENCES[self.refusal] if self.refusal else "The person's consent allows it."


def judge(facts: Facts) -> Verdict:
    """The verdict on a message."""
    if any(_is_a_no(consent, facts) for consent in facts.consents):
        return Verdict(ConsentRefusal.OPTED_OUT)
    if not facts.is_marketing:
        return Verdict(None)
    return Verdict(
        _strongest([_weakness(consent, facts) for consent in facts.consents if _concerns(consent, facts)])
    )


def _is_a_no(consent: ConsentFact, facts: Facts) -> bool:
    return (
        consent.state == OPTED_OUT
        and consent.topic in (ALL_TOPICS, facts.topic)
        and consent.channel in (SMS, facts.channel)
    )


def _concerns(consent: ConsentFact, facts: Facts) -> bool:
    return consent.topic in (ALL_TOPICS, facts.topic) and consent.channel == facts.channel


def _strongest(found: list[ConsentRefusal | None]) -> ConsentRefusal | None:
    """One valid consent is enough, unless a text of the person waits for a decision."""
    if ConsentRefusal.IN_REVIEW in found:
        return ConsentRefusal.IN_REVIEW
    if None in found:
        return None
    told = [why for why in found if why and why is not ConsentRefusal.NO_CONSENT]
    return min(told, default=ConsentRefusal.NO_CONSENT)


def _weakness(consent: ConsentFact, facts: Facts) -> ConsentRefusal | None:
    """Why this consent is not enough, or None."""
    if consent.state != OPTED_IN:
        return ConsentRefusal.NO_CONSENT
    if consent.in_review:
        return ConsentRefusal.IN_REVIEW
    if _is_stale(consent, facts):
        return ConsentRefusal.STALE_CONSENT
    if consent.basis == SOFT:
        return None if facts.rule.soft_opt_in else ConsentRefusal.SOFT_OPT_IN_NOT_ALLOWED
    if facts.rule.double_opt_in and consent.basis != CONFIRMED:
        return ConsentRefusal.UNCONFIRMED_CONSENT
    return None


def _is_stale(consent: ConsentFact, facts: Facts) -> bool:
    if facts.rule.max_age_days is None:
        return False
    return (consent.agreed_at or consent.given_at) <= facts.now - timedelta(days=facts.rule.max_age_days)
