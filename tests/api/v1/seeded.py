"""One of everything in an organization, made by the doors that it comes by in life."""

from collections.abc import Mapping
from datetime import timedelta

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.campaigns.plan import plan
from models.campaigns.starting import find_run
from models.campaigns.store import find_campaign
from models.columns import utc_now
from models.inbound.handling import handle_inbound
from models.inbound.payload import read_inbound
from models.webhook_events import Delivery, keep_unhandled
from tests.api.v1.client import Client, id_of, new_key

NUMBER = "+442079460123"
OUR_NUMBER = "+442079460100"
SECRETS = ("Bertha", "parcel-of-bertha", "chair-of-bertha", "question-of-bertha", NUMBER, "bertha.example")
"""What stands in the rows, and must not be seen by anyone else."""

Seeded = dict[str, str]
"""An id for each name of a place in the API's addresses."""

_FIND = {
    "contact_id": "SELECT id FROM contacts WHERE organization_id = :id ORDER BY id LIMIT 1",
    "appointment_id": "SELECT id FROM appointments WHERE organization_id = :id",
    "campaign_id": "SELECT id FROM campaigns WHERE organization_id = :id AND NOT standing",
    "message_id": "SELECT id FROM messages WHERE organization_id = :id AND cause IS NOT NULL LIMIT 1",
    "conversation_id": "SELECT id FROM conversations WHERE organization_id = :id",
    "medium_id": "SELECT id FROM inbound_media WHERE organization_id = :id",
    "review_id": "SELECT id FROM consent_reviews WHERE organization_id = :id",
    "event_id": "SELECT id FROM webhook_events WHERE organization_id = :id OR account_sid = :account LIMIT 1",
    "subscription_id": "SELECT id FROM event_subscriptions WHERE organization_id = :id",
    "delivery_id": "SELECT id FROM event_deliveries WHERE organization_id = :id LIMIT 1",
}

_DELIVERY = text("""
    WITH quiet AS (UPDATE event_subscriptions SET state = 'disabled' RETURNING id, organization_id)
    INSERT INTO event_deliveries (organization_id, subscription_id, event_id, state, next_attempt_at, created_at,
                                  updated_at)
    SELECT q.organization_id, q.id, max(e.id), 'given_up', now(), now(), now()
    FROM quiet q JOIN events e USING (organization_id) GROUP BY 1, 2
""")
"""Nothing is delivered from tests: the subscription is over, and one delivery was given up."""

_REMINDER = text("""
    INSERT INTO reminders (organization_id, appointment_id, rule, occasion, rule_version, starts_at, plan_at,
                           due_at, send_before, state, created_at, updated_at)
    SELECT organization_id, id, 'two days', 'reminder', 1, starts_at, now(), now(), starts_at, 'expired', now(),
        now()
    FROM appointments WHERE external_id = 'chair-of-bertha'
    ON CONFLICT DO NOTHING
""")

_APPOINTMENT = {
    "external_id": "chair-of-bertha",
    "phone": NUMBER,
    "starts_at": "2030-03-01T09:00:00Z",
    "timezone": "Europe/London",
}


async def seed(
    engine: AsyncEngine, http: httpx.AsyncClient, *, organization: str, account: str, service: str
) -> Seeded:
    """One of each: contact, appointment, reminder, consent, planned campaign, messages, conversation, medium, …"""
    client = Client(http, await new_key(engine, organization=organization))
    contact = {"phone": NUMBER, "first_name": "Bertha", "email": "b@bertha.example", "tags": ["autumn"]}
    consent = {"phone": NUMBER, "message_type": "marketing", "state": "opted_in", "method": "written"}
    sale = {"name": "Bertha's sale", "kind": "marketing", "body": "Hi", "audience": {"tags": ["autumn"]}}
    await _made(client, "/contacts", contact)
    await _made(client, "/consents", {**consent, "source": "bertha.example"})
    campaign = await _made(client, "/campaigns", sale)
    await _made(client, f"/campaigns/{campaign}/start", {})
    await _made(client, "/appointments", _APPOINTMENT)
    await _made(client, "/messages", {"to": NUMBER, "body": "parcel-of-bertha"})
    await _made(client, "/subscriptions", {"address": "https://hooks.bertha.example/x", "kinds": ["test"]})
    async with engine.begin() as connection:
        await connection.execute(_DELIVERY)
        await connection.execute(_REMINDER)
        await _plan(connection, engine, campaign, organization)
        await _receive(connection, account, service)
        found = {"id": await id_of(engine, organization), "account": account}
        return {name: str((await connection.execute(text(sql), found)).scalar()) for name, sql in _FIND.items()}


async def _made(client: Client, path: str, body: Mapping[str, object]) -> str:
    answer = await client.post(path, body)
    assert answer.is_success, answer.text
    return str(answer.json().get("id"))


async def _plan(connection: AsyncConnection, engine: AsyncEngine, campaign_id: str, organization: str) -> None:
    campaign = await find_campaign(connection, campaign_id, organization_id=await id_of(engine, organization))
    run = await find_run(connection, campaign.id, occurrence="once")
    assert run is not None
    await plan(connection, campaign, run, now=utc_now(), window=timedelta(hours=1))


async def _receive(connection: AsyncConnection, account: str, service: str) -> None:
    url = f"https://api.twilio.com/2010-04-01/Accounts/{account}/Messages/MM1/Media/ME1"
    form = {
        "MessageSid": "MM" + "b" * 32,
        "AccountSid": account,
        "MessagingServiceSid": service,
        "From": NUMBER,
        "To": OUR_NUMBER,
        "Body": "question-of-bertha: will it stop?",
        "NumMedia": "1",
        "MediaUrl0": url,
        "MediaContentType0": "image/png",
    }
    now = utc_now()
    await handle_inbound(connection, read_inbound(form.items(), account_sid=account), now=now)
    delivery = Delivery("inbound", f"inbound:{form['MessageSid']}", account, "", list(form.items()))
    await keep_unhandled(connection, delivery, error="ValueError", now=now)
