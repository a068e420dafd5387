"""The last look before a request: may these claimed messages still be sent, as the database stands now?"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


class GateVerdict(StrEnum):
    """What the gate says of one message."""

    GO = "go"
    NO_CONSENT = "no_consent"
    OPTED_OUT = "opted_out"
    EXPIRED = "expired"
    CANCELED = "canceled"
    PAUSED = "paused"
    LOST = "lost"


_VERDICTS = text("""
    SELECT m.id, CASE
        WHEN m.claim_id IS DISTINCT FROM :claim_id OR m.state <> 'claimed' THEN 'lost'
        WHEN consent_refusal(m.message_type, cs.state) IS NOT NULL
            THEN consent_refusal(m.message_type, cs.state)
        WHEN m.send_before <= :now THEN 'expired'
        WHEN r.state = 'canceled' THEN 'canceled'
        WHEN r.state <> 'sending' OR s.state <> 'active' OR p.country IS NOT NULL THEN 'paused'
        ELSE 'go' END AS verdict
    FROM messages m
    LEFT JOIN campaign_runs r ON r.id = m.campaign_run_id
    JOIN senders s ON s.id = m.sender_id
    LEFT JOIN country_pauses p ON p.sender_id = m.sender_id AND p.country = m.country
    LEFT JOIN consents cs
        ON cs.organization_id = m.organization_id AND cs.phone = m.phone
        AND cs.message_type = m.message_type AND cs.topic = '' AND cs.channel = m.channel
    WHERE m.id = ANY(:ids)
""")


async def verdicts(
    connection: AsyncConnection, *, claim_id: UUID, ids: Sequence[int], now: datetime
) -> dict[int, GateVerdict]:
    """What may be done with each message of a claim at this moment; a row that is gone counts as lost."""
    rows = await connection.execute(_VERDICTS, {"claim_id": claim_id, "ids": list(ids), "now": now})
    found = {row.id: GateVerdict(row.verdict) for row in rows}
    return {id_: found.get(id_, GateVerdict.LOST) for id_ in ids}
