"""Applies the statuses that Twilio reports, a batch at a time: any order and any repetition ends the same.

Locks are taken in one order everywhere: messages by id, then `RECORDING`, then contacts by number, then consents,
then what is paused or slowed down (`models.consequences`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.statuses import MessageState
from models.consequences import Alarm
from models.events.statuses import StatusSeen, note_statuses
from models.json_records import records
from models.messages import status_sql as sql
from models.messages.carrier_opt_outs import record_carrier_opt_outs
from models.messages.failures import Ends, count_ends, follow_failures
from models.messages.second_sids import record_second_sids
from models.messages.status_matching import Matched, match
from models.messages.status_reports import MessageStatus, StatusReport, greatest_per_message
from models.reach.noting import note_unreachable
from models.rights.payloads import strip_payloads


@dataclass(frozen=True, slots=True)
class AppliedStatuses:
    """How a batch was applied; `orphans` have no message (yet); `news` are reports not known before.

    `ends` are for whoever watches for bursts; `alarms` for people, once the transaction is committed.
    """

    messages_changed: int = 0
    orphans: int = 0
    second_sids: int = 0
    opt_outs: int = 0
    news: int = 0
    ends: Sequence[Ends] = ()
    alarms: Sequence[Alarm] = ()


async def apply_statuses(
    connection: AsyncConnection, reports: Sequence[StatusReport], *, now: datetime
) -> AppliedStatuses:
    """Keeps every report as an event and moves its message to the greatest status seen, in this transaction.

    A report finds its message by SID, else by the id and attempt of our callback URL, which completes a message
    that has no SID yet; only within the reports' own account. One with no message waits for
    `adopt_orphan_events`. An opt-out among the error codes is written to the ledger.
    """
    if not reports:
        return AppliedStatuses()
    distinct = _distinct(reports)
    matched = match(distinct, await _lock_messages(connection, distinct))
    if matched.orphans:
        matched = await _match_again(connection, distinct)
    if matched.erased:
        await strip_payloads(connection, [f"status:{each.twilio_sid}:{each.status}" for each in matched.erased])
    first_seen = await _keep_events(connection, matched, now=now)
    changed = await _apply(connection, matched.statuses, now=now)
    second_sids = await record_second_sids(connection, matched.second_sids, now=now)
    await adopt_orphan_events(connection, matched.completed, now=now)
    news = [status for status in matched.statuses if (status.twilio_sid, status.state) in first_seen]
    await _tell(connection, news, now=now)
    await note_unreachable(connection, _failed(news), now=now)
    opt_outs = await record_carrier_opt_outs(connection, news, now=now)
    alarms = tuple(await follow_failures(connection, news, now=now))
    ends = tuple(count_ends(news, runs=matched.runs))
    return AppliedStatuses(
        messages_changed=changed,
        orphans=len(matched.orphans),
        second_sids=second_sids,
        opt_outs=opt_outs,
        news=len(first_seen),
        ends=ends,
        alarms=alarms,
    )


async def adopt_orphan_events(connection: AsyncConnection, twilio_sids: Sequence[str], *, now: datetime) -> int:
    """Applies events that came before their message's SID was recorded; returns how many there were.

    To be called in the transaction that records the SIDs, after it has, and before it writes any consent.
    """
    if not twilio_sids:
        return 0
    await connection.execute(sql.LOCK_SHARED)
    rows = (await connection.execute(sql.ORPHANS, {"sids": list(twilio_sids)})).all()
    statuses = [
        MessageStatus(row.message_id, row.twilio_sid, row.account_sid, MessageState(row.status), row.error_code)
        for row in rows
    ]
    await _apply(connection, statuses, now=now)
    await _tell(connection, statuses, now=now)
    await note_unreachable(connection, _failed(statuses), now=now)
    await record_carrier_opt_outs(connection, statuses, now=now)
    await follow_failures(connection, statuses, now=now)
    return len(rows)


async def _tell(connection: AsyncConnection, news: Iterable[MessageStatus], *, now: datetime) -> None:
    seen = [StatusSeen(status.message_id, status.state.value, status.error_code) for status in news]
    await note_statuses(connection, seen, now=now)


def _failed(statuses: Iterable[MessageStatus]) -> list[tuple[int, int | None]]:
    return [(status.message_id, status.kept_code) for status in statuses]


def _distinct(reports: Iterable[StatusReport]) -> list[StatusReport]:
    """One report for each account, SID and status: the one with our message's id, if any has it."""
    found: dict[tuple[str, str, str], StatusReport] = {}
    for report in sorted(reports, key=lambda each: (each.message_ref is None, -(each.error_code or 0))):
        found.setdefault((report.account_sid, report.twilio_sid, report.status), report)
    return [found[key] for key in sorted(found)]


async def _lock_messages(connection: AsyncConnection, reports: Sequence[StatusReport]) -> Sequence[Row[Any]]:
    values = {
        "sids": sorted({report.twilio_sid for report in reports}),
        "ids": sorted({report.message_ref.message_id for report in reports if report.message_ref}),
        "accounts": sorted({report.account_sid for report in reports}),
    }
    return (await connection.execute(sql.LOCK_MESSAGES, values)).all()


async def _match_again(connection: AsyncConnection, reports: Sequence[StatusReport]) -> Matched:
    """A SID that has no message may be about to be recorded: waits for those who record, and looks again."""
    await connection.execute(sql.LOCK_ALONE)
    return match(reports, await _lock_messages(connection, reports))


async def _keep_events(connection: AsyncConnection, matched: Matched, *, now: datetime) -> set[tuple[str, str]]:
    events = sorted(matched.events, key=lambda each: (each.twilio_sid, each.status))
    told = records(events, "message_id", "twilio_sid", "account_sid", "status", "error_code")
    rows = await connection.execute(sql.KEEP_EVENTS, {"events": told, "now": now})
    return {(row.twilio_sid, row.status) for row in rows}


async def _apply(connection: AsyncConnection, statuses: Iterable[MessageStatus], *, now: datetime) -> int:
    winners = greatest_per_message(statuses)
    if not winners:
        return 0
    told = records(winners, "message_id", "twilio_sid", "account_sid", "state", "kept_code", "failed_at")
    return (await connection.execute(sql.APPLY, {"winners": told, "now": now})).rowcount
