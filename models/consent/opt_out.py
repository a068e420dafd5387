"""Someone said no: the ledger and the current state, for all that the no is about, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from models.consent.evidence import EVIDENCE, NO_EVIDENCE, Evidence
from models.consent.ledger import asked, write
from models.consent.scope import EVERYTHING, Scope
from models.consent.tables import ConsentMethod, ConsentState
from models.events.consents import note_consents
from models.reviews.closing import BY_THE_PERSON, close_reviews
from models.reviews.tables import ReviewState

# What a JOIN has asked within the scope, on whatever channel, is over too.
_OPT_OUT = write(
    asked(
        """
        FROM (
            SELECT p.phone, t.message_type, CAST(:topic AS text) AS topic, CAST(:channel AS text) AS channel,
                p.message_sid, 'opted_out' AS says
            FROM unnest(CAST(:phones AS text[]), CAST(:message_sids AS text[])) AS p(phone, message_sid)
            CROSS JOIN unnest(CAST(:message_types AS text[])) AS t(message_type)
            UNION ALL
            SELECT c.phone, c.message_type, c.topic, c.channel, p.message_sid, 'unknown'
            FROM consents c
            JOIN unnest(CAST(:phones AS text[]), CAST(:message_sids AS text[])) AS p(phone, message_sid)
                ON p.phone = c.phone
            WHERE c.organization_id = :organization_id AND c.state = 'pending'
                AND c.message_type = ANY(CAST(:message_types AS text[]))
                AND CAST(:topic AS text) IN ('', c.topic) AND CAST(:channel AS text) IN ('sms', c.channel)
                AND (c.topic, c.channel) <> (CAST(:topic AS text), CAST(:channel AS text))
        ) p
        """,
        phone="p.phone",
        message_type="p.message_type",
        topic="p.topic",
        channel="p.channel",
        says="p.says",
        action="'opt_out'",
        message_sid="p.message_sid",
        actor="CAST(:actor AS text)",
        **EVIDENCE,
    ),
    only="a.says = 'opted_out' OR c.state = 'pending'",
)


async def opt_out(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    phones: Sequence[str],
    method: ConsentMethod,
    source: str,
    message_sids: Sequence[str | None],
    now: datetime,
    scope: Scope = EVERYTHING,
    actor: str | None = None,
    evidence: Evidence = NO_EVIDENCE,
) -> int:
    """Opts numbers (E.164) out of all that `scope` names; returns how many consents it ended.

    `message_sids` are the evidence, one for each phone. Each number gets a ledger entry for each type, also when
    it was opted out before; what that earlier opt-out ended stays what a START may restore. A number that is named
    twice counts once, with its first evidence. A no to everything decides on a doubtful text that waits.
    """
    told: dict[str, str | None] = {}
    for phone, message_sid in zip(phones, message_sids, strict=True):
        told.setdefault(phone, message_sid)
    values = {
        "organization_id": organization_id,
        "phones": list(told),
        "message_sids": list(told.values()),
        "message_types": [message_type.value for message_type in scope.message_types],
        "topic": scope.topic,
        "channel": scope.channel,
        "method": method.value,
        "source": source,
        "actor": actor,
        **evidence.values(),
        "now": now,
    }
    entries = await _OPT_OUT.run(connection, values)
    await note_consents(connection, [entry.id for entry in entries], now=now)
    if scope == EVERYTHING:
        await close_reviews(
            connection,
            organization_id=organization_id,
            phones=list(told),
            state=ReviewState.OPTED_OUT,
            decided_by=actor or BY_THE_PERSON,
            now=now,
        )
    return sum(entry.state_before != ConsentState.OPTED_OUT == entry.state_after for entry in entries)
