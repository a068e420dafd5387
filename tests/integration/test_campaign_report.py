"""A report is an exclusive partition of the audience, whatever state its messages are in."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.statuses import MessageState
from models.campaigns.report import STATES, Report, read_report
from models.campaigns.runs import Run, ensure_run
from models.campaigns.tables import ONCE
from models.consent.opt_out import opt_out
from models.consent.tables import ConsentMethod
from models.conversations.threading import add_inbound
from models.messages.tables import SkipReason
from tests.integration.outbox import sid
from tests.integration.population import add_campaign, add_contact, phone

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
OUTBOUND = [state for state in MessageState if state not in (MessageState.RECEIVING, MessageState.RECEIVED)]
SHOWN_AS = {MessageState.SCHEDULED: "held", MessageState.PARTIALLY_DELIVERED: "sent"}

_MESSAGE = text("""
    INSERT INTO messages (organization_id, direction, state, phone, channel, contact_id, campaign_run_id,
        send_after, twilio_sid, segments, skip_reason, error_code, created_at, updated_at)
    VALUES (:organization_id, 'outbound', CAST(:state AS message_state), :phone, 'sms', :contact_id, :run_id,
        :send_after, :sid, :segments, :skip_reason, :error_code, :now, :now)
    RETURNING id
""")


@dataclass(frozen=True)
class Row:
    state: MessageState
    hours: int
    segments: int | None
    has_sid: bool
    reason: SkipReason
    code: int | None

    @property
    def shown_as(self) -> str:
        held = self.state is MessageState.PLANNED and self.hours > 0
        return "held" if held else SHOWN_AS.get(self.state, self.state.value)


ROWS = st.lists(
    st.builds(
        Row,
        state=st.sampled_from(OUTBOUND),
        hours=st.integers(-1, 1),
        segments=st.one_of(st.none(), st.integers(1, 10)),
        has_sid=st.booleans(),
        reason=st.sampled_from(SkipReason),
        code=st.sampled_from([None, 30003, 30005, 21610, 99999]),
    ),
    max_size=20,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
async def test_states_add_up_to_the_audience(
    connection: AsyncConnection, organization_id: UUID, rows: list[Row]
) -> None:
    async with connection.begin_nested() as trial:
        run = await a_run(connection, organization_id)
        for number, row in enumerate(rows):
            await add_message(connection, run, number, row)
        report = await read_report(connection, run.id, now=NOW)
        assert tuple(report.states) == STATES
        assert sum(report.states.values()) == report.audience == len(rows)
        assert +Counter(report.states) == Counter(row.shown_as for row in rows)
        assert sum(report.skipped.values()) == report.states["skipped"]
        assert +Counter(report.skipped) == Counter(row.reason for row in rows if row.state is MessageState.SKIPPED)
        failed = [row for row in rows if row.state in (MessageState.FAILED, MessageState.UNDELIVERED)]
        assert {error.code: error.messages for error in report.errors} == Counter(row.code for row in failed)
        assert report.segments == sum(row.segments or 0 for row in rows if row.has_sid)
        await trial.rollback()


async def a_run(connection: AsyncConnection, organization_id: UUID, *, occurrence: str = ONCE) -> Run:
    campaign = await add_campaign(connection, organization_id)
    return await ensure_run(connection, campaign, occurrence=occurrence, now=NOW)


async def add_message(
    connection: AsyncConnection, run: Run, number: int, row: Row, *, contact_id: int | None = None
) -> int:
    values: dict[str, Any] = {
        "organization_id": run.organization_id,
        "run_id": run.id,
        "phone": phone(number),
        "contact_id": contact_id,
        "state": row.state.value,
        "send_after": NOW + timedelta(hours=row.hours),
        "sid": sid(number) if row.has_sid else None,
        "segments": row.segments,
        "skip_reason": row.reason.value if row.state is MessageState.SKIPPED else None,
        "error_code": row.code,
        "now": NOW,
    }
    return int((await connection.execute(_MESSAGE, values)).scalar_one())


def a_row(state: MessageState, *, segments: int | None, has_sid: bool, code: int | None) -> Row:
    return Row(state=state, hours=0, segments=segments, has_sid=has_sid, reason=SkipReason.NO_CONSENT, code=code)


DELIVERED = a_row(MessageState.DELIVERED, segments=1, has_sid=True, code=None)
SKIPPED = a_row(MessageState.SKIPPED, segments=None, has_sid=False, code=None)
UNDELIVERED = a_row(MessageState.UNDELIVERED, segments=2, has_sid=True, code=30005)
FAILED = a_row(MessageState.FAILED, segments=2, has_sid=False, code=None)


async def add_reply(connection: AsyncConnection, run: Run, contact_id: int, number: int, *, at: datetime) -> None:
    conversation_id = await add_inbound(
        connection,
        organization_id=run.organization_id,
        contact_id=contact_id,
        our_address="MG",
        channel="sms",
        body="hello",
        now=at,
    )
    await connection.execute(
        text("""
            INSERT INTO messages (organization_id, direction, state, phone, channel, contact_id, conversation_id,
                body, created_at, updated_at)
            VALUES (:organization_id, 'inbound', 'received', :phone, 'sms', :contact_id, :conversation_id, 'hello',
                :at, :at)
        """),
        {
            "organization_id": run.organization_id,
            "phone": phone(number),
            "contact_id": contact_id,
            "conversation_id": conversation_id,
            "at": at,
        },
    )


async def test_replies_and_opt_outs_are_those_of_recipients_since_the_beginning(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    run = await a_run(connection, organization_id)
    contacts = [await add_contact(connection, organization_id, phone(number)) for number in range(4)]
    for number in range(3):
        row = SKIPPED if number == 2 else DELIVERED
        await add_message(connection, run, number, row, contact_id=contacts[number])
    before, after = NOW - timedelta(minutes=1), NOW + timedelta(minutes=1)
    for number, at in [(0, before), (0, after), (0, after), (1, before), (2, after), (3, after)]:
        await add_reply(connection, run, contacts[number], number, at=at)
    for number, at in [(0, after), (1, before), (2, after), (3, after)]:
        await opt_out(
            connection,
            organization_id=organization_id,
            phones=[phone(number)],
            message_sids=[None],
            method=ConsentMethod.KEYWORD,
            source="STOP",
            now=at,
        )
    report = await read_report(connection, run.id, now=NOW)
    assert (report.replies, report.opt_outs) == (2, 1)


async def test_incidents_of_the_run_and_of_its_messages_count_once(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    run, other = await a_run(connection, organization_id), await a_run(connection, organization_id)
    mine = await add_message(connection, run, 1, DELIVERED)
    theirs = await add_message(connection, other, 2, DELIVERED)
    for message_id, run_id in [(mine, run.id), (mine, None), (None, run.id), (theirs, other.id), (None, None)]:
        await connection.execute(
            text("""
                INSERT INTO incidents (organization_id, kind, message_id, campaign_run_id, seen_at)
                VALUES (:organization_id, 'second_sid', :message_id, :run_id, now())
            """),
            {"organization_id": organization_id, "message_id": message_id, "run_id": run_id},
        )
    assert (await read_report(connection, run.id, now=NOW)).incidents == 3


async def test_a_paused_sender_is_a_reason(connection: AsyncConnection, organization_id: UUID) -> None:
    run = await a_run(connection, organization_id)
    await connection.execute(text("UPDATE senders SET state = 'paused', state_reason = 'Mend it.'"))
    assert (await read_report(connection, run.id, now=NOW)).state_reason == "Mend it."
    await connection.execute(text("UPDATE campaign_runs SET state_reason = 'Its own.'"))
    assert (await read_report(connection, run.id, now=NOW)).state_reason == "Its own."
    await connection.execute(text("UPDATE campaign_runs SET state_reason = NULL, finished_at = now()"))
    assert (await read_report(connection, run.id, now=NOW)).state_reason is None


async def test_the_report_for_machines(connection: AsyncConnection, organization_id: UUID) -> None:
    run = await a_run(connection, organization_id)
    for number, row in enumerate([DELIVERED, SKIPPED, UNDELIVERED, UNDELIVERED, FAILED]):
        await add_message(connection, run, number, row)
    report: Report = await read_report(connection, run.id, now=NOW)
    shown = report.to_json()
    assert shown["campaign"] == {"id": str(run.campaign_id), "name": "Sale", "kind": "marketing", "topic": ""}
    assert shown["run"] == {
        "id": str(run.id),
        "occurrence": "once",
        "state": "planning",
        "reason": None,
        "started_at": "2026-11-21T12:00:00+00:00",
        "planned_at": None,
        "finished_at": None,
    }
    assert (shown["audience"], shown["segments"], shown["incidents"]) == (5, 5, 0)
    assert shown["skipped"]["no_consent"] == 1
    assert list(shown["errors"]) == ["30005", "none"]
    assert shown["errors"]["30005"]["messages"] == 2
    assert "30005" not in shown["errors"]["30005"]["sentence"]
    assert shown["errors"]["none"]["sentence"].startswith("Twilio gave no reason")
