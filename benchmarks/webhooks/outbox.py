"""A campaign that has just been handed to Twilio: messages with SIDs, whose statuses are to come."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.population import add_campaign
from models.campaigns.runs import ensure_run
from models.columns import utc_now

_SENT = text("""
    INSERT INTO messages (organization_id, direction, state, phone, country, channel, message_type, sender_id,
        campaign_run_id, dedupe_key, body, encoding, segments, twilio_sid, account_sid, created_at, updated_at)
    SELECT :organization_id, 'outbound', 'accepted',
        '+1' || (200 + n % 80000 / 100) || '55501' || lpad((n % 100)::text, 2, '0'), 'US', 'sms', 'marketing',
        :sender_id, :run_id, substr(sha256(int8send(n)), 1, 16),
        'Hi Ada, our winter sale begins on Friday. Reply STOP to opt out.', 'GSM-7', 1,
        'SM' || lpad(to_hex(n), 32, '0'), o.twilio_account_sid, now(), now()
    FROM organizations o, generate_series(1, CAST(:messages AS bigint)) n
    WHERE o.id = :organization_id
    ORDER BY n
""")


async def hand_over(connection: AsyncConnection, organization_id: UUID, *, messages: int) -> None:
    """Adds so many messages to an empty outbox: their ids are 1, 2, … and their SIDs the same in hexadecimal."""
    campaign = await add_campaign(connection, organization_id)
    run = await ensure_run(connection, campaign, occurrence="now", now=utc_now())
    values = {
        "organization_id": organization_id,
        "sender_id": run.sender_id,
        "run_id": run.id,
        "messages": messages,
    }
    await connection.execute(_SENT, values)
    await connection.execute(text("UPDATE campaign_runs SET state = 'sending', planned_at = now()"))
