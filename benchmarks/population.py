"""People to write to, by the million: contacts who agreed, and a campaign to all of them."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.campaigns.tables import Campaign
from models.columns import utc_now

BODY = "Hi {{ first_name | default: 'there' }}, our winter sale begins on Friday. Reply STOP to opt out."

_CONTACTS = text("""
    INSERT INTO contacts (organization_id, phone, first_name, country, postcode, created_at, updated_at)
    SELECT :organization_id, '+1555' || lpad(n::text, 7, '0'), 'Ada', 'US', lpad((n % 1000)::text, 3, '0') || '01',
        now(), now()
    FROM generate_series(1, CAST(:people AS int)) n
""")
"""Area code 555 does not exist, so nobody has these numbers. They live all over the country."""

_CONSENTS = text("""
    WITH event AS (
        INSERT INTO consent_events (organization_id, phone, message_type, topic, channel, state_before,
                                    state_after, method, source, given_at, recorded_at)
        SELECT organization_id, phone, 'marketing', '', 'sms', 'unknown', 'opted_in', 'web_form', 'benchmark',
            now(), now()
        FROM contacts
        RETURNING id, organization_id, phone
    )
    INSERT INTO consents (organization_id, phone, message_type, topic, channel, state, event_id, given_at)
    SELECT organization_id, phone, 'marketing', '', 'sms', 'opted_in', id, now() FROM event
""")


async def add_people(connection: AsyncConnection, organization_id: UUID, *, people: int) -> None:
    """So many contacts, each of whom agreed to marketing."""
    await connection.execute(_CONTACTS, {"organization_id": organization_id, "people": people})
    await connection.execute(_CONSENTS)
    await connection.execute(text("ANALYZE contacts, consents"))


async def add_campaign(connection: AsyncConnection, organization_id: UUID) -> Campaign:
    """A marketing campaign to everyone."""
    campaign = Campaign(
        organization_id=organization_id, name="Winter sale", kind="marketing", body=BODY, audience={}
    )
    statement = Campaign.__table__.insert()  # type: ignore[attr-defined]  # SQLModel hides the table
    await connection.execute(statement, {**campaign.model_dump(), "created_at": utc_now()})
    return campaign
