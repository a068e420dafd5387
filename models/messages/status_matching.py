"""Finds the message of each report among the rows that were locked for it; nothing here touches the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from messaging.statuses import MessageState
from models.messages.second_sids import SecondSid
from models.messages.status_reports import MessageStatus, StatusReport


@dataclass(frozen=True, slots=True)
class Event:
    """A report as it is kept; no message means that nobody has its SID yet."""

    message_id: int | None
    twilio_sid: str
    account_sid: str
    status: MessageState
    error_code: int | None


@dataclass(frozen=True, slots=True)
class Matched:
    """Reports with and without their messages, SIDs that messages got, SIDs for messages that have another.

    `runs` has the campaign run of each message; `erased`: reports on messages of people who were erased.
    """

    statuses: list[MessageStatus] = field(default_factory=list)
    orphans: list[StatusReport] = field(default_factory=list)
    completed: list[str] = field(default_factory=list)
    second_sids: list[SecondSid] = field(default_factory=list)
    runs: dict[int, UUID | None] = field(default_factory=dict)
    erased: list[StatusReport] = field(default_factory=list)

    @property
    def events(self) -> list[Event]:
        """Every report as the event it is kept as: one a SID and status, the message's own before a stranger's."""
        strange = [
            (None, each.twilio_sid, each.account_sid, each.status, each.error_code) for each in self.orphans
        ]
        own = [
            (each.message_id, each.twilio_sid, each.account_sid, each.state, each.error_code)
            for each in self.statuses
        ]
        events = [Event(*each) for each in (*strange, *own)]
        return list({(event.twilio_sid, event.status): event for event in events}.values())


def match(reports: Sequence[StatusReport], rows: Iterable[Row[Any]]) -> Matched:
    """Matches by SID, else by our id and attempt where the message has no SID; never across accounts.

    Of two SIDs for one message in the same batch, the first report's is the message's.
    """
    by_id = {row.id: row for row in rows}
    owners = {row.twilio_sid: row for row in by_id.values() if row.twilio_sid is not None}
    matched = Matched(runs={row.id: row.campaign_run_id for row in by_id.values()})
    _complete(reports, by_id, owners, matched)
    for report in reports:
        row, named = owners.get(report.twilio_sid), _named(report, by_id)
        if row is not None and row.account_sid == report.account_sid:
            matched.statuses.append(_of_message(row.id, report))
            if not row.phone:
                matched.erased.append(report)
            continue
        matched.orphans.append(report)
        if row is None and named is not None:
            matched.second_sids.append(SecondSid(named.id, report.twilio_sid))
    return matched


def _complete(
    reports: Sequence[StatusReport], by_id: dict[int, Row[Any]], owners: dict[str, Row[Any]], matched: Matched
) -> None:
    """Gives each message without a SID the first one that a report names it with."""
    without_sid = {row.id for row in by_id.values() if row.twilio_sid is None}
    for report in reports:
        row = _named(report, by_id)
        if row is not None and row.id in without_sid and report.twilio_sid not in owners:
            without_sid.remove(row.id)
            owners[report.twilio_sid] = row
            matched.completed.append(report.twilio_sid)


def _named(report: StatusReport, by_id: dict[int, Row[Any]]) -> Row[Any] | None:
    """The row that our callback URL named, when it is at that attempt and of the report's account."""
    ref = report.message_ref
    row = by_id.get(ref.message_id) if ref else None
    if row is None or ref is None or (row.attempt, row.account_sid) != (ref.attempt, report.account_sid):
        return None
    return row


def _of_message(message_id: int, report: StatusReport) -> MessageStatus:
    return MessageStatus(message_id, report.twilio_sid, report.account_sid, report.status, report.error_code)
