"""An outbox as it is after many campaigns: nine rows in ten are history, one in ten is due now."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.population import add_campaign, add_people
from messaging.templates import Template
from models.campaigns.rendering import compile_stored
from models.campaigns.runs import Run, ensure_run, load_run
from models.columns import utc_now

_PEOPLE = 100_000
_HISTORY_RUNS = 9

_HISTORY = text("""
    INSERT INTO messages (organization_id, direction, state, phone, country, channel, message_type, contact_id,
        sender_id, campaign_run_id, dedupe_key, body, encoding, segments, send_after, twilio_sid, account_sid,
        created_at, updated_at)
    SELECT :organization_id, 'outbound', 'delivered', '+1555' || lpad((1 + n % :people)::text, 7, '0'), 'US',
        'sms', 'marketing', 1 + n % :people, :sender_id, :run_id, substr(sha256(int8send(:salt + n)), 1, 16),
        'Hi Ada, our winter sale begins on Friday. Reply STOP to opt out.', 'GSM-7', 1, now() - interval '30 days',
        'SM' || md5((:salt + n)::text), 'AC', now(), now()
    FROM generate_series(1, CAST(:rows AS bigint)) n
""")

_DUE = text("""
    INSERT INTO messages (organization_id, direction, state, phone, country, channel, message_type, contact_id,
        sender_id, campaign_run_id, dedupe_key, send_after, send_before, created_at, updated_at)
    SELECT :organization_id, 'outbound', 'planned', '+1555' || lpad((1 + n % :people)::text, 7, '0'), 'US',
        'sms', 'marketing', 1 + n % :people, :sender_id, :run_id, substr(sha256(int8send(-n)), 1, 16),
        now() - interval '1 minute', now() + interval '1 day', now(), now()
    FROM generate_series(1, CAST(:rows AS bigint)) n
""")


async def fill(connection: AsyncConnection, organization_id: UUID, *, rows: int) -> tuple[Run, Template]:
    """Makes the outbox; returns the run that is due, and its text."""
    await add_people(connection, organization_id, people=min(_PEOPLE, rows))
    campaign = await add_campaign(connection, organization_id)
    now = utc_now()
    values = {"organization_id": organization_id, "people": min(_PEOPLE, rows), "rows": rows // 10}
    for number in range(_HISTORY_RUNS):
        past = await ensure_run(connection, campaign, occurrence=f"past {number}", now=now)
        run_values = {"sender_id": past.sender_id, "run_id": past.id, "salt": number * rows}
        await connection.execute(_HISTORY, {**values, **run_values})
    run = await ensure_run(connection, campaign, occurrence="now", now=now)
    await connection.execute(_DUE, {**values, "sender_id": run.sender_id, "run_id": run.id})
    await connection.execute(text("UPDATE campaign_runs SET state = 'sending', planned_at = now()"))
    return await load_run(connection, run.id), compile_stored(campaign.body)
