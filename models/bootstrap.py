"""Makes the default organization and its senders agree with the settings, each time the stack starts."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.settings import Settings
from models.columns import new_id
from models.engine import open_engine
from models.organizations import DEFAULT_SLUG
from models.senders import MessageType

_ORGANIZATION = text("""
    INSERT INTO organizations (id, slug, name, twilio_account_sid, default_region, created_at)
    VALUES (:id, :slug, 'Default organization', :account_sid, :region, clock_timestamp())
    ON CONFLICT (slug) DO UPDATE
        SET twilio_account_sid = EXCLUDED.twilio_account_sid, default_region = EXCLUDED.default_region
    RETURNING id
""")

_RETIRE_OTHERS = text("""
    UPDATE senders SET state = 'retired', state_reason = 'replaced in the settings'
    WHERE organization_id = :organization_id AND purpose = :purpose AND address <> :address AND state <> 'retired'
""")

_SENDER = text("""
    INSERT INTO senders (id, organization_id, purpose, address, channel, rate, state, created_at)
    VALUES (:id, :organization_id, :purpose, :address, 'sms', :rate, 'active', clock_timestamp())
    ON CONFLICT (organization_id, purpose, address) DO UPDATE
        SET rate = EXCLUDED.rate,
            state = CASE WHEN senders.state = 'retired' THEN 'active' ELSE senders.state END
""")


async def upsert_defaults(database_url: str, settings: Settings) -> None:
    """Writes organization `default` and one sender for each purpose; a replaced service is retired, not deleted.

    Without Twilio settings only the organization is written.
    """
    here = settings.model_copy(update={"tidings_database_url": database_url})
    async with open_engine(here, application="bootstrap") as engine, engine.begin() as connection:
        await upsert_organization(connection, settings)


async def upsert_organization(connection: AsyncConnection, settings: Settings) -> None:
    """`upsert_defaults` within a transaction of the caller's."""
    values = {
        "id": new_id(),
        "slug": DEFAULT_SLUG,
        "account_sid": settings.twilio_account_sid,
        "region": settings.tidings_default_region,
    }
    organization_id = (await connection.execute(_ORGANIZATION, values)).scalar_one()
    services = {
        MessageType.TRANSACTIONAL: settings.twilio_messaging_service_transactional,
        MessageType.MARKETING: settings.twilio_messaging_service_marketing,
    }
    for purpose, address in services.items():
        if address is None:
            continue
        sender = {"organization_id": organization_id, "purpose": purpose.value, "address": address}
        await connection.execute(_RETIRE_OTHERS, sender)
        await connection.execute(_SENDER, {**sender, "id": new_id(), "rate": settings.tidings_sender_rate})
