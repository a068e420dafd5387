"""Whether a message of a kind could go to a number now, and what of its consents decides that, in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.consent.facts import ConsentFact, Facts
from messaging.consent.judging import Verdict, judge
from messaging.consent.wording import consent_in_words, rule_in_words
from messaging.phones import country_of
from models.policy.store import load_policy
from models.senders import MessageType

_COUNTRY = text("SELECT country FROM contacts WHERE organization_id = :organization_id AND phone = :phone")

_CONSENTS = text("""
    SELECT topic, channel, state, basis, agreed_at, given_at, in_review FROM consents
    WHERE organization_id = :organization_id AND phone = :phone AND message_type = :message_type
    ORDER BY topic, channel
""")


@dataclass(frozen=True, slots=True)
class Explained:
    """The verdict, the facts it was reached by, the recipient's country, and the same in sentences for people."""

    verdict: Verdict
    facts: Facts
    country: str | None

    @property
    def sentences(self) -> Sequence[str]:
        """The verdict first, then the country's rule where it matters, then every consent that there is."""
        rule = [rule_in_words(self.facts.rule, self.country)] if self.facts.is_marketing else []
        return (self.verdict.sentence, *rule, *map(consent_in_words, self.facts.consents))


async def explain(
    connection: AsyncConnection,
    organization_id: UUID,
    phone: str,
    message_type: MessageType,
    *,
    topic: str = "",
    channel: str = "sms",
    now: datetime,
) -> Explained:
    """Explains what consent says of such a message to a number (E.164) at this moment of business time."""
    whose = {"organization_id": organization_id, "phone": phone, "message_type": message_type.value}
    country = (await connection.execute(_COUNTRY, whose)).scalar_one_or_none() or country_of(phone)
    policy = await load_policy(connection, organization_id)
    known = (await connection.execute(_CONSENTS, whose)).mappings()
    facts = Facts(
        message_type=message_type.value,
        topic=topic,
        channel=channel,
        rule=policy.consent.rule_of(country),
        consents=tuple(ConsentFact(**row) for row in known),
        now=now,
    )
    return Explained(judge(facts), facts, country)
