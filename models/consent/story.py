"""All that is known of a number's consent, as a lawyer would ask: what was said, what holds, what was sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.consent.explaining import Explained, explain
from models.consent.history import ConsentNow, LedgerEntry, consents_of, ledger_of
from models.consent.tables import ANY_TOPIC, SMS
from models.senders import MessageType

ENTRIES = 1_000
"""The newest entries of a ledger that are told."""
MESSAGES = 10
"""The last messages that are listed; all are counted."""

_TAKEN = """
    FROM contacts ct
    JOIN messages m ON m.contact_id = ct.id AND m.direction = 'outbound' AND m.twilio_sid IS NOT NULL
    LEFT JOIN campaign_runs r ON r.id = m.campaign_run_id LEFT JOIN campaigns p ON p.id = r.campaign_id
"""
_TO_THEM = "WHERE ct.organization_id = :organization_id AND ct.phone = :phone"
"""The messages to a number that Twilio took."""

# The latest word on each consent that covers the message, when it was claimed. A reply is claimed by nobody.
_AFTER_A_NO = """
    EXISTS (
        SELECT FROM (
            SELECT DISTINCT ON (e.topic, e.channel) e.state_after FROM consent_events e
            WHERE e.organization_id = ct.organization_id AND e.phone = ct.phone AND e.message_type = m.message_type
                AND e.topic IN ('', m.topic) AND e.channel IN ('sms', m.channel) AND e.recorded_at < m.claimed_at
            ORDER BY e.topic, e.channel, e.id DESC) word
        WHERE word.state_after = 'opted_out')
"""

_SENT_SINCE = text(f"""
    SELECT m.message_type, said.at AS since, count(*) AS messages,
        max(COALESCE(m.claimed_at, m.created_at)) AS last_at
    {_TAKEN}
    JOIN LATERAL (
        SELECT max(e.recorded_at) AS at FROM consent_events e
        WHERE e.organization_id = ct.organization_id AND e.phone = ct.phone AND e.message_type = m.message_type
            AND e.state_before <> e.state_after) said ON true
    {_TO_THEM} AND COALESCE(m.claimed_at, m.created_at) > COALESCE(said.at, '-infinity')
    GROUP BY m.message_type, said.at ORDER BY m.message_type
""")  # noqa: S608 (only the text above is put in)

_LAST = text(f"""
    SELECT m.id, m.message_type, m.topic, m.channel, m.state::text AS state, m.twilio_sid,
        CASE WHEN NOT p.standing THEN p.name END AS campaign, COALESCE(m.claimed_at, m.created_at) AS sent_at,
        {_AFTER_A_NO} AS after_a_no
    {_TAKEN} {_TO_THEM} ORDER BY m.id DESC LIMIT :most
""")

_INCIDENTS = text(f"SELECT m.id {_TAKEN} {_TO_THEM} AND {_AFTER_A_NO} ORDER BY m.id")


@dataclass(frozen=True, slots=True)
class SentSince:
    """How many messages of a type Twilio took since the last change of a consent to it; `since` None: ever."""

    message_type: str
    since: datetime | None
    messages: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that Twilio took; `after_a_no`: a no to it was in the ledger when it was claimed."""

    id: int
    message_type: str
    topic: str
    channel: str
    state: str
    twilio_sid: str
    campaign: str | None
    sent_at: datetime
    after_a_no: bool


@dataclass(frozen=True, slots=True)
class Story:
    """`entries` oldest first; `verdicts` for each kind of message known of; `incidents` are ids of messages."""

    states: Sequence[ConsentNow]
    verdicts: Sequence[Explained]
    entries: Sequence[LedgerEntry]
    sent: Sequence[SentSince]
    last: Sequence[SentMessage]
    incidents: Sequence[int]


async def story_of(connection: AsyncConnection, phone: str, *, organization_id: UUID, now: datetime) -> Story:
    """The story of a number (E.164) at this moment of business time."""
    whose = {"organization_id": organization_id, "phone": phone}
    states = await consents_of(connection, phone, organization_id=organization_id)
    entries = await ledger_of(connection, phone, organization_id=organization_id, most=ENTRIES)
    sent = (await connection.execute(_SENT_SINCE, whose)).mappings()
    last = (await connection.execute(_LAST, {**whose, "most": MESSAGES})).mappings()
    return Story(
        states=states,
        verdicts=await _verdicts(connection, organization_id, phone, states, now=now),
        entries=list(reversed(entries)),
        sent=[SentSince(**row) for row in sent],
        last=[SentMessage(**row) for row in last],
        incidents=(await connection.execute(_INCIDENTS, whose)).scalars().all(),
    )


async def _verdicts(
    connection: AsyncConnection, organization_id: UUID, phone: str, states: Sequence[ConsentNow], *, now: datetime
) -> list[Explained]:
    """Of both types by SMS about everything, and of what else a consent names."""
    always = {(message_type.value, ANY_TOPIC, SMS) for message_type in MessageType}
    named = {(state.message_type, state.topic, state.channel) for state in states}
    return [
        await explain(
            connection, organization_id, phone, MessageType(message_type), topic=topic, channel=channel, now=now
        )
        for message_type, topic, channel in sorted(always | named)
    ]
