"""Makes the default organization and its senders agree with the settings, each time the stack starts."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.settings import Settings
from models.columns import new_id
from models.compliance.applying import apply_all_rules
from models.engine import open_engine
from models.organizations import DEFAULT_SLUG
from models.tenants.senders import SenderAddresses, set_senders

_ORGANIZATION = text("""
    INSERT INTO organizations (id, slug, name, twilio_account_sid, default_region, created_at)
    VALUES (:id, :slug, 'Default organization', :account_sid, :region, clock_timestamp())
    ON CONFLICT (slug) DO UPDATE
        SET twilio_account_sid = EXCLUDED.twilio_account_sid, default_region = EXCLUDED.default_region
    RETURNING id
""")


async def upsert_defaults(database_url: str, settings: Settings) -> None:
    """Writes organization `default` and its senders; what was replaced in the settings is retired, not deleted.

    Without Twilio settings only the organization is written.
    """
    here = settings.model_copy(update={"tidings_database_url": database_url})
    async with open_engine(here, application="bootstrap") as engine, engine.begin() as connection:
        await upsert_organization(connection, settings)
        await apply_all_rules(connection, live=settings.is_live)


async def upsert_organization(connection: AsyncConnection, settings: Settings) -> None:
    """`upsert_defaults` within a transaction of the caller's."""
    values = {
        "id": new_id(),
        "slug": DEFAULT_SLUG,
        "account_sid": settings.twilio_account_sid,
        "region": settings.tidings_default_region,
    }
    organization_id = (await connection.execute(_ORGANIZATION, values)).scalar_one()
    addresses = SenderAddresses(
        transactional=settings.twilio_messaging_service_transactional,
        marketing=settings.twilio_messaging_service_marketing,
        whatsapp=settings.twilio_whatsapp_number,
    )
    await set_senders(connection, organization_id, addresses, rate=settings.tidings_sender_rate)
