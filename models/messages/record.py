"""Writes what became of claimed messages, a batch at a time.

Everything but a SID is fenced by the claim: a worker that lost its lease changes nothing. A SID is proof that
Twilio has the message, so it is always kept; a second one for the same message is an incident. Until a claim whose
lease is over (`unknown`) was settled, its holder's word on what it did is still the best there is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events.statuses import StatusSeen, note_statuses
from models.messages.attempts import keep_attempts
from models.messages.results import Accepted, Closed, Result, Returned
from models.messages.second_sids import SecondSid, record_second_sids
from models.messages.statuses import adopt_orphan_events
from models.reach.noting import note_unreachable

_LOCK = text("SELECT id FROM messages WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")

_ACCEPTED = text("""
    UPDATE messages m
    SET twilio_sid = a.sid, account_sid = :account_sid, state = GREATEST(m.state, CAST(a.status AS message_state)),
        http_status = a.http_status, request_id = a.request_id, answered_at = COALESCE(m.answered_at, :now),
        lease_until = NULL, updated_at = :now
    FROM unnest(CAST(:ids AS bigint[]), CAST(:sids AS text[]), CAST(:statuses AS text[]),
                CAST(:http_statuses AS smallint[]), CAST(:request_ids AS text[]))
        AS a(id, sid, status, http_status, request_id)
    WHERE m.id = a.id AND (m.twilio_sid IS NULL OR m.twilio_sid = a.sid)
        AND NOT EXISTS (SELECT FROM messages other WHERE other.twilio_sid = a.sid AND other.id <> a.id)
    RETURNING m.id
""")

_CLOSED = text("""
    UPDATE messages m
    SET state = CAST(c.state AS message_state), skip_reason = c.skip_reason, error_code = c.error_code,
        failed_at = CASE WHEN c.state = 'failed' THEN 'request' END,
        http_status = c.http_status, request_id = c.request_id, lease_until = NULL, updated_at = :now
    FROM unnest(CAST(:ids AS bigint[]), CAST(:states AS text[]), CAST(:skip_reasons AS text[]),
                CAST(:error_codes AS int[]), CAST(:http_statuses AS smallint[]), CAST(:request_ids AS text[]))
        AS c(id, state, skip_reason, error_code, http_status, request_id)
    WHERE m.id = c.id AND m.claim_id = :claim_id AND m.state IN ('claimed', 'unknown')
    RETURNING m.id
""")

_RETURNED = text("""
    UPDATE messages m
    SET state = CASE WHEN m.withdrawn OR EXISTS (
            SELECT FROM campaign_runs c WHERE c.id = m.campaign_run_id AND c.state = 'canceled')
            THEN 'canceled' ELSE 'planned' END::message_state,
        claim_id = NULL, claimed_at = NULL, lease_until = NULL, body = CASE WHEN m.own_body THEN m.body END,
        send_after = CASE WHEN r.kept_here THEN COALESCE(m.send_at_twilio, m.send_after)
                          ELSE COALESCE(r.send_after, m.send_after) END,
        send_at_twilio = CASE WHEN NOT r.kept_here THEN m.send_at_twilio END,
        tries = m.tries + r.tried, error_code = r.error_code,
        http_status = r.http_status, request_id = r.request_id, updated_at = :now
    FROM unnest(CAST(:ids AS bigint[]), CAST(:send_afters AS timestamptz[]), CAST(:kept_here AS boolean[]),
                CAST(:tried AS int[]), CAST(:error_codes AS int[]), CAST(:http_statuses AS smallint[]),
                CAST(:request_ids AS text[]))
        AS r(id, send_after, kept_here, tried, error_code, http_status, request_id)
    WHERE m.id = r.id AND m.claim_id = :claim_id AND m.state IN ('claimed', 'unknown')
""")


@dataclass(frozen=True, slots=True)
class Recorded:
    """How a batch was written: messages that have their SID now, and SIDs that had no place."""

    accepted: int
    second_sids: int


async def record(
    connection: AsyncConnection, results: Sequence[Result], *, claim_id: UUID, account_sid: str, now: datetime
) -> Recorded:
    """Writes a batch of results of one claim; recording the same batch again changes nothing more."""
    await connection.execute(_LOCK, {"ids": sorted(result.id for result in results)})
    await note_unreachable(connection, _failed(results), now=now)
    accepted = [result for result in results if isinstance(result, Accepted)]
    closed = [result for result in results if isinstance(result, Closed)]
    returned = [result for result in results if isinstance(result, Returned)]
    second_sids = await _record_accepted(connection, accepted, account_sid=account_sid, now=now) if accepted else 0
    await keep_attempts(connection, [*closed, *returned], claim_id=claim_id, now=now)
    if closed:
        await _record_closed(connection, closed, claim_id=claim_id, now=now)
    if returned:
        await connection.execute(_RETURNED, {**_returned_columns(returned), "claim_id": claim_id, "now": now})
    return Recorded(accepted=len(accepted) - second_sids, second_sids=second_sids)


async def _record_closed(
    connection: AsyncConnection, closed: Sequence[Closed], *, claim_id: UUID, now: datetime
) -> None:
    written = await connection.execute(_CLOSED, {**_closed_columns(closed), "claim_id": claim_id, "now": now})
    ids = set(written.scalars())
    seen = [StatusSeen(each.id, each.state.value, each.error_code) for each in closed if each.id in ids]
    await note_statuses(connection, seen, now=now)


async def _record_accepted(
    connection: AsyncConnection, accepted: Sequence[Accepted], *, account_sid: str, now: datetime
) -> int:
    first_of_sid = list({result.twilio_sid: result for result in reversed(accepted)}.values())
    columns = _accepted_columns(first_of_sid)
    written = await connection.execute(_ACCEPTED, {**columns, "account_sid": account_sid, "now": now})
    placed = set(written.scalars())
    homeless = [result for result in accepted if result.id not in placed]
    if homeless:
        seconds = [SecondSid(message_id=result.id, twilio_sid=result.twilio_sid) for result in homeless]
        await record_second_sids(connection, seconds, now=now)
    await adopt_orphan_events(connection, [result.twilio_sid for result in first_of_sid], now=now)
    return len(homeless)


def _failed(results: Sequence[Result]) -> list[tuple[int, int | None]]:
    return [(each.id, each.error_code) for each in results if isinstance(each, Closed)]


def _accepted_columns(accepted: Sequence[Accepted]) -> dict[str, object]:
    return {
        "ids": [result.id for result in accepted],
        "sids": [result.twilio_sid for result in accepted],
        "statuses": [result.status.value for result in accepted],
        "http_statuses": [result.http_status for result in accepted],
        "request_ids": [result.request_id for result in accepted],
    }


def _closed_columns(closed: Sequence[Closed]) -> dict[str, object]:
    return {
        "states": [result.state.value for result in closed],
        "skip_reasons": [result.skip_reason for result in closed],
        **_trace_columns(closed),
    }


def _returned_columns(returned: Sequence[Returned]) -> dict[str, object]:
    return {
        "send_afters": [result.send_after for result in returned],
        "kept_here": [result.kept_here for result in returned],
        "tried": [int(result.tried) for result in returned],
        **_trace_columns(returned),
    }


def _trace_columns(results: Sequence[Closed] | Sequence[Returned]) -> dict[str, object]:
    return {
        "ids": [result.id for result in results],
        "error_codes": [result.error_code for result in results],
        "http_statuses": [result.http_status for result in results],
        "request_ids": [result.request_id for result in results],
    }
