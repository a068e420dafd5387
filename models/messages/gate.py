"""The last look before a request: may these claimed messages still be sent, as the database stands now?"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.consent.refusal import CONSENT, REFUSAL, rule_values
from models.policy.store import policy_of_messages


class GateVerdict(StrEnum):
    """What the gate says of one message."""

    GO = "go"
    NO_CONSENT = "no_consent"
    OPTED_OUT = "opted_out"
    STALE_CONSENT = "stale_consent"
    SOFT_OPT_IN_NOT_ALLOWED = "soft_opt_in_not_allowed"
    UNCONFIRMED_CONSENT = "unconfirmed_consent"
    IN_REVIEW = "in_review"
    EXPIRED = "expired"
    QUIET = "quiet"
    CANCELED = "canceled"
    PAUSED = "paused"
    LOST = "lost"
    NEAR = "near"
    """Too near to be kept by Twilio until then."""


_OBJECTIONS = text(f"""
    SELECT judged.id, judged.verdict
    FROM (
        SELECT asked.id, CASE
            WHEN m.claim_id IS DISTINCT FROM :claim_id OR m.state <> 'claimed' THEN 'lost'
            WHEN m.withdrawn THEN 'canceled'
            WHEN ({REFUSAL}) IS NOT NULL THEN ({REFUSAL})
            WHEN m.send_before <= :now THEN 'expired'
            WHEN m.allowed_until < :leaving THEN 'quiet'
            WHEN r.state = 'canceled' THEN 'canceled'
            WHEN r.state <> 'sending' OR s.state <> 'active' OR p.country IS NOT NULL THEN 'paused'
            WHEN b.closed_until > clock_timestamp() THEN 'paused'
            ELSE 'go' END AS verdict
        FROM unnest(CAST(:ids AS bigint[])) AS asked(id)
        LEFT JOIN messages m ON m.id = asked.id
        LEFT JOIN campaign_runs r ON r.id = m.campaign_run_id
        LEFT JOIN senders s ON s.id = m.sender_id
        LEFT JOIN budgets b ON b.key = 'sender:' || s.id
        LEFT JOIN country_pauses p ON p.sender_id = m.sender_id AND p.country = m.country
        {CONSENT}
    ) judged
    WHERE judged.verdict <> 'go'
""")  # noqa: S608 (only the text above is put in)
"""A row that is gone counts as lost. Only what stands in the way comes back: mostly nothing does."""


async def objections(
    connection: AsyncConnection,
    *,
    claim_id: UUID,
    ids: Collection[int],
    now: datetime,
    hours_margin: timedelta | None = None,
) -> dict[int, GateVerdict]:
    """What stands against sending messages of a claim at this moment; those that are not named may go.

    The policy that is in force at this moment decides with the consents: one claim is of one organization. Of the
    hours that a message was claimed in, `hours_margin` must be left.
    """
    policy = await policy_of_messages(connection, ids)
    values = {"claim_id": claim_id, "ids": list(ids), "now": now, "leaving": now + (hours_margin or timedelta())}
    rows = await connection.execute(_OBJECTIONS, {**values, **rule_values(policy.consent, now=now)})
    return {row.id: GateVerdict(row.verdict) for row in rows}
