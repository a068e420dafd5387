"""Takes back what Twilio keeps for later: who said no meanwhile, and whose appointment the text tells wrongly.

What is taken back is only marked here; `tasks.scheduled_at_twilio` cancels it at Twilio. Its reminder waits again,
and becomes a new message once Twilio confirmed that the old one is canceled, if it may then.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.consent.refusal import CONSENT, REFUSAL, rule_values
from models.messages.at_twilio.told import told_wrongly
from models.policy.store import load_policy

_REFUSED = text(f"""
    SELECT id, refusal FROM (
        SELECT m.id, {REFUSAL} AS refusal
        FROM messages m {CONSENT}
        WHERE m.organization_id = :organization_id AND m.state = 'scheduled' AND NOT m.withdrawn
            AND m.send_at_twilio > :now AND m.send_at_twilio <= COALESCE(CAST(:until AS timestamptz), 'infinity')
    ) m
    WHERE refusal IS NOT NULL
""")  # noqa: S608 (only the texts above are put in)

_WAIT_AGAIN = text("""
    UPDATE reminders r SET state = 'waiting', reason = NULL, revision = r.revision + 1, updated_at = :now
    WHERE r.id = ANY(ARRAY(
        SELECT w.id FROM reminders w
        WHERE w.message_id = ANY(CAST(:ids AS bigint[])) AND w.state = 'planned'
        ORDER BY w.id FOR UPDATE))
""")
"""Before their messages are locked, as everywhere."""

_WITHDRAW = text("""
    UPDATE messages m SET withdrawn = true, skip_reason = u.refusal, updated_at = :now
    FROM unnest(CAST(:ids AS bigint[]), CAST(:refusals AS text[])) AS u(id, refusal)
    WHERE m.id = u.id AND m.id = ANY(ARRAY(
        SELECT w.id FROM messages w
        WHERE w.id = ANY(CAST(:ids AS bigint[])) AND w.state = 'scheduled' AND NOT w.withdrawn
        ORDER BY w.id FOR UPDATE))
""")


async def withdraw_unwanted(
    connection: AsyncConnection, organization_id: UUID, *, now: datetime, within: timedelta | None = None
) -> int:
    """Takes back, in the caller's transaction, what nobody wants of what Twilio keeps; returns how much.

    `now` is business time. With `within` only what leaves by then is looked at, which takes next to no time.
    """
    policy = await load_policy(connection, organization_id)
    until = None if within is None else now + within
    asked = {"organization_id": organization_id, "now": now, "until": until}
    rows = await connection.execute(_REFUSED, {**asked, **rule_values(policy.consent, now=now)})
    refused: dict[int, str] = {row.id: row.refusal for row in rows}
    wrong = await told_wrongly(connection, organization_id, policy.retention, now=now, until=until)
    unwanted = sorted({*refused, *wrong})
    if not unwanted:
        return 0
    refusals = [refused.get(message_id) for message_id in unwanted]
    return await _take_back(connection, unwanted, refusals, now=now)


async def _take_back(
    connection: AsyncConnection, ids: Sequence[int], refusals: Sequence[str | None], *, now: datetime
) -> int:
    await connection.execute(_WAIT_AGAIN, {"ids": ids, "now": now})
    return (await connection.execute(_WITHDRAW, {"ids": ids, "refusals": refusals, "now": now})).rowcount
