"""Puts contacts, consents and campaigns into the test database, in one line each."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.campaigns.tables import Campaign
from models.columns import new_id, utc_now

_CONTACT = text("""
    INSERT INTO contacts (organization_id, phone, first_name, country, tags, attributes, created_at, updated_at)
    VALUES (:organization_id, :phone, :first_name, :country, :tags, CAST(:attributes AS jsonb), now(), now())
    RETURNING id
""")
_CONSENT = text("""
    WITH event AS (
        INSERT INTO consent_events (
            organization_id, phone, message_type, topic, channel, state_before, state_after,
            method, source, given_at, recorded_at)
        VALUES (
            :organization_id, :phone, :message_type, '', 'sms', 'unknown', :state,
            'web_form', 'test', now(), now())
        RETURNING id)
    INSERT INTO consents (organization_id, phone, message_type, topic, channel, state, event_id, given_at)
    SELECT :organization_id, :phone, :message_type, '', 'sms', :state, id, now() FROM event
    ON CONFLICT (organization_id, phone, message_type, topic, channel) DO UPDATE SET state = EXCLUDED.state
""")


_ORGANIZATION = text("""
    INSERT INTO organizations (id, slug, name, twilio_account_sid, auth_token_ref, default_region, created_at)
    VALUES (:id, :slug, :slug, :account_sid, :auth_token_ref, 'US', now())
""")


async def add_organization(
    connection: AsyncConnection, slug: str, *, account_sid: str | None = None, auth_token_ref: str | None = None
) -> UUID:
    """An organization beside the default one; returns its id."""
    values = {"id": new_id(), "slug": slug, "account_sid": account_sid, "auth_token_ref": auth_token_ref}
    await connection.execute(_ORGANIZATION, values)
    return UUID(str(values["id"]))


def phone(number: int) -> str:
    """The nth fictional US number."""
    areas = ("202", "212", "303", "312", "404", "415", "503", "617", "702", "808")
    return f"+1{areas[number // 100]}55501{number % 100:02d}"


async def add_contact(
    connection: AsyncConnection,
    organization_id: UUID,
    number: str,
    *,
    consent: Mapping[str, str] | None = None,
    first_name: str | None = "Ada",
    country: str | None = "US",
    tags: tuple[str, ...] = (),
    attributes: Mapping[str, str] | None = None,
) -> int:
    """A contact with a consent state for each message type named; returns its id."""
    values = {"organization_id": organization_id, "phone": number, "first_name": first_name, "country": country}
    made = await connection.execute(
        _CONTACT, {**values, "tags": list(tags), "attributes": json.dumps(attributes or {})}
    )
    for message_type, state in (consent or {}).items():
        await set_consent(connection, organization_id, number, message_type=message_type, state=state)
    return int(made.scalar_one())


async def set_consent(
    connection: AsyncConnection, organization_id: UUID, number: str, *, message_type: str, state: str
) -> None:
    """Writes the state now, with a ledger entry behind it."""
    values = {"organization_id": organization_id, "phone": number, "message_type": message_type, "state": state}
    await connection.execute(_CONSENT, values)


async def add_campaign(connection: AsyncConnection, organization_id: UUID, **values: Any) -> Campaign:
    """A marketing campaign to everyone, unless told otherwise."""
    fields: dict[str, Any] = {"name": "Sale", "kind": "marketing", "body": "Hi {{ first_name }}", "audience": {}}
    campaign = Campaign(organization_id=organization_id, **{**fields, **values})
    row = campaign.model_dump()
    statement = Campaign.__table__.insert()  # type: ignore[attr-defined]  # SQLModel hides the table
    await connection.execute(statement, {**row, "created_at": utc_now()})
    return campaign
