"""Who a campaign goes to, and the campaign: made with plain statements, so that the judge knows it by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.campaigns.runs import Run, ensure_run
from models.campaigns.tables import ONCE
from models.columns import utc_now
from tests.integration.population import add_campaign

NAMES = ("Ada", "Łukasz", "Zoë", "O'Neil & Sons", "Ümit", "José María", "小林", "Ann-Sophie 🎉")
"""Texts that must survive the way to Twilio's list and back, or a lost answer is never matched."""

_CONTACTS = text("""
    INSERT INTO contacts (organization_id, phone, first_name, country, created_at, updated_at)
    SELECT :organization_id, phone, name, 'US', now(), now()
    FROM unnest(CAST(:phones AS text[]), CAST(:names AS text[])) AS c(phone, name)
""")
_CONSENTS = text("""
    WITH event AS (
        INSERT INTO consent_events (organization_id, phone, message_type, topic, channel, state_before,
                                    state_after, method, source, given_at, recorded_at)
        SELECT :organization_id, phone, 'marketing', '', 'sms', 'unknown', state, 'web_form', 'chaos', now(), now()
        FROM unnest(CAST(:phones AS text[]), CAST(:states AS text[])) AS c(phone, state)
        RETURNING id, phone, state_after)
    INSERT INTO consents (organization_id, phone, message_type, topic, channel, state, event_id, given_at)
    SELECT :organization_id, phone, 'marketing', '', 'sms', state_after, id, now() FROM event
""")


@dataclass(frozen=True, slots=True)
class People:
    """Everybody in the audience, and those who agreed and have not said no before the first campaign."""

    everyone: Sequence[str]
    agreed: frozenset[str]

    @classmethod
    def of(cls, number: int) -> "People":
        """So many people; of fifty, one never said anything and one said no."""
        everyone = [_phone(nth) for nth in range(number)]
        return cls(everyone, frozenset(phone for nth, phone in enumerate(everyone) if nth % 50 > 1))


def _phone(nth: int) -> str:
    """555-0100 to 555-0199 is for fiction in every area."""
    return f"+1{201 + nth // 100}55501{nth % 100:02d}"


async def add_people(connection: AsyncConnection, organization_id: UUID, people: People) -> None:
    """Contacts for everybody, with a consent for those who said anything."""
    names = [NAMES[nth % len(NAMES)] for nth in range(len(people.everyone))]
    values = {"organization_id": organization_id, "phones": list(people.everyone), "names": names}
    await connection.execute(_CONTACTS, values)
    said = [
        (phone, "opted_in" if nth % 50 > 1 else "opted_out")
        for nth, phone in enumerate(people.everyone)
        if nth % 50 > 0
    ]
    states = {"phones": [phone for phone, _ in said], "states": [state for _, state in said]}
    await connection.execute(_CONSENTS, {"organization_id": organization_id, **states})


async def start_campaign(connection: AsyncConnection, organization_id: UUID, *, number: int) -> Run:
    """A campaign to everybody with words of its own, ready for a worker to plan it."""
    body = f"Hi {{{{ first_name }}}}, this is the chaos of sale no. {number}. Reply STOP to opt out."
    campaign = await add_campaign(connection, organization_id, name=f"Chaos {number}", body=body)
    return await ensure_run(connection, campaign, occurrence=ONCE, now=utc_now())
