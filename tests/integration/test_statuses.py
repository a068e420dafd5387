"""Status reports: any order and any repetition ends in the same state, and nothing is applied across accounts."""

import asyncio
from itertools import pairwise, permutations
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from messaging.statuses import ORDER, MessageState
from models.messages.status_reports import StatusReport, outbound_status
from models.messages.statuses import AppliedStatuses, adopt_orphan_events, apply_statuses
from tests.integration.outbox import NOW, add_outbound, message, record_sid, report, rows, sid

LIVES: dict[str, list[tuple[str, int | None]]] = {
    "delivered": [("queued", None), ("sending", None), ("sent", None), ("delivered", None)],
    "read": [("sent", None), ("delivered", None), ("read", None)],
    "undelivered, then delivered after all": [("sent", None), ("undelivered", 30003), ("delivered", None)],
    "failed": [("queued", None), ("failed", 30008)],
    "undelivered beats failed": [("failed", 30008), ("undelivered", 30005)],
    "a code lingers on a status that is no failure": [("sending", 30017), ("sent", 30017)],
    "canceled": [("scheduled", None), ("canceled", None)],
}
ENDS = {
    "delivered": ("delivered", None, None),
    "read": ("read", None, None),
    "undelivered, then delivered after all": ("delivered", None, None),
    "failed": ("failed", 30008, "delivery"),
    "undelivered beats failed": ("undelivered", 30005, "delivery"),
    "a code lingers on a status that is no failure": ("sent", None, None),
    "canceled": ("canceled", None, None),
}


@pytest.mark.parametrize("life", LIVES)
async def test_every_order_and_repetition_ends_the_same(
    connection: AsyncConnection, organization_id: UUID, life: str
) -> None:
    reports = [report(status, code=code) for status, code in LIVES[life]]
    for order in permutations(reports):
        async with connection.begin_nested() as trial:
            message_id = await add_outbound(connection, organization_id, twilio_sid=sid(1))
            for each in (*order, order[0]):
                await apply_statuses(connection, [each], now=NOW)
            state, code, failed_at, *_ = await message(connection, message_id)
            events = await rows(connection, "SELECT message_id, count(*)::int FROM message_events GROUP BY 1")
            assert (state, code, failed_at) == ENDS[life], order
            assert events == [(message_id, len(reports))]
            await trial.rollback()


_REPORTS = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.sampled_from([state for state in MessageState if outbound_status(state)]),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seen=_REPORTS, cuts=st.lists(st.integers(0, 12)), known=st.booleans(), data=st.data())
async def test_how_reports_are_cut_into_batches_does_not_matter(
    connection: AsyncConnection,
    organization_id: UUID,
    seen: list[tuple[int, MessageState, bool]],
    cuts: list[int],
    known: bool,  # noqa: FBT001 (hypothesis passes it by name)
    data: st.DataObject,
) -> None:
    """The oracle: of each message, the greatest of all states; with or without its SID recorded before."""
    async with connection.begin_nested() as trial:
        ids = {
            number: await add_outbound(
                connection, organization_id, state="claimed", twilio_sid=sid(number) if known else None
            )
            for number in (1, 2, 3)
        }
        reports = [report(state, number=n, ref=(ids[n], 1) if named else None) for n, state, named in seen]
        places = sorted({0, *cuts, len(reports)})
        for start, end in pairwise(places):
            await apply_statuses(connection, reports[start:end], now=NOW)
        for number in data.draw(st.permutations(sorted(ids))):
            await record_sid(connection, ids[number], sid(number))
            await adopt_orphan_events(connection, [sid(number)], now=NOW)
        for number, message_id in ids.items():
            states = [MessageState.ACCEPTED, *(state for n, state, _ in seen if n == number)]
            assert (await message(connection, message_id)).state == max(states, key=ORDER.__getitem__)
        lost = await rows(connection, "SELECT twilio_sid FROM message_events WHERE message_id IS NULL")
        assert lost == []
        await trial.rollback()


@pytest.mark.parametrize("state", ["claimed", "unknown", "planned", "accepted"])
async def test_our_id_completes_a_message_without_a_sid(
    connection: AsyncConnection, organization_id: UUID, state: str
) -> None:
    message_id = await add_outbound(connection, organization_id, state=state)
    await apply_statuses(connection, [report("sent", ref=(message_id, 1))], now=NOW)
    found = await message(connection, message_id)
    assert (found.state, found.twilio_sid) == ("sent", sid(1))


async def test_a_status_below_the_state_still_brings_the_sid(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    message_id = await add_outbound(connection, organization_id, state="sent")
    await apply_statuses(connection, [report("queued", ref=(message_id, 1))], now=NOW)
    found = await message(connection, message_id)
    assert (found.state, found.twilio_sid) == ("sent", sid(1))


@pytest.mark.parametrize(
    ("attempt", "account"), [(2, ""), (1, "AC" + "9" * 32)], ids=["another attempt", "another account"]
)
async def test_our_id_counts_only_for_its_attempt_and_account(
    connection: AsyncConnection, organization_id: UUID, attempt: int, account: str
) -> None:
    message_id = await add_outbound(connection, organization_id, state="unknown")
    applied = await apply_statuses(
        connection, [report("sent", ref=(message_id, attempt), account=account)], now=NOW
    )
    found = await message(connection, message_id)
    assert (found.state, found.twilio_sid) == ("unknown", None)
    assert applied == AppliedStatuses(orphans=1, news=1)


async def test_our_id_does_not_count_for_another_account_in_the_same_batch(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    mine = await add_outbound(connection, organization_id, state="unknown")
    other = await add_outbound(connection, organization_id, state="unknown")
    batch = [
        report("delivered", number=1, ref=(mine, 1), account="AC" + "9" * 32),
        report("sent", number=2, ref=(other, 1)),
        report("sent", number=3, ref=(mine, 1)),
    ]
    await apply_statuses(connection, batch, now=NOW)
    assert (await message(connection, mine)).twilio_sid == sid(3)
    assert (await message(connection, other)).twilio_sid == sid(2)


async def test_a_report_without_our_id_counts_once_another_brought_the_sid(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    message_id = await add_outbound(connection, organization_id, state="claimed")
    await apply_statuses(connection, [report("delivered")], now=NOW)
    await apply_statuses(connection, [report("queued", ref=(message_id, 1))], now=NOW)
    assert (await message(connection, message_id)).state == "delivered"


@pytest.mark.parametrize("codes", [(None, 30008), (30008, None), (30008, 30003), (30003, 30008)])
async def test_the_code_of_a_repeated_status_does_not_depend_on_the_order(
    connection: AsyncConnection, organization_id: UUID, codes: tuple[int | None, int | None]
) -> None:
    message_id = await add_outbound(connection, organization_id, twilio_sid=sid(1))
    for code in codes:
        await apply_statuses(connection, [report("failed", code=code)], now=NOW)
    assert (await message(connection, message_id)).error_code == 30008


async def test_a_known_sid_counts_only_in_its_own_account(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    message_id = await add_outbound(connection, organization_id, twilio_sid=sid(1))
    await apply_statuses(connection, [report("failed", account="AC" + "9" * 32)], now=NOW)
    assert (await message(connection, message_id)).state == "accepted"


async def test_a_second_sid_is_one_incident_and_overwrites_nothing(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    message_id = await add_outbound(connection, organization_id, twilio_sid=sid(1))
    second = [report(status, number=2, ref=(message_id, 1)) for status in ("sent", "delivered")]
    assert (await apply_statuses(connection, second, now=NOW)).second_sids == 1
    assert (await apply_statuses(connection, second, now=NOW)).second_sids == 0
    found = await message(connection, message_id)
    assert (found.state, found.twilio_sid) == ("accepted", sid(1))
    incidents = await rows(connection, "SELECT kind, message_id, detail->>'twilio_sid' FROM incidents")
    assert incidents == [("second_sid", message_id, sid(2))]


async def test_two_sids_for_one_message_in_one_batch(connection: AsyncConnection, organization_id: UUID) -> None:
    message_id = await add_outbound(connection, organization_id, state="unknown")
    both = [report("sent", number=number, ref=(message_id, 1)) for number in (2, 1)]
    assert (await apply_statuses(connection, both, now=NOW)).second_sids == 1
    assert (await message(connection, message_id)).twilio_sid == sid(1)


async def test_statuses_never_reach_an_inbound_message(connection: AsyncConnection, organization_id: UUID) -> None:
    message_id = await add_outbound(connection, organization_id, twilio_sid=sid(1), state="received")
    await connection.execute(text("UPDATE messages SET direction = 'inbound'"))
    applied = await apply_statuses(connection, [report("delivered")], now=NOW)
    assert applied.orphans == 1
    assert (await message(connection, message_id)).state == "received"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("scheduled", MessageState.SCHEDULED),
        ("accepted", MessageState.ACCEPTED),
        ("queued", MessageState.QUEUED),
        ("sending", MessageState.SENDING),
        ("sent", MessageState.SENT),
        ("partially_delivered", MessageState.PARTIALLY_DELIVERED),
        ("canceled", MessageState.CANCELED),
        ("failed", MessageState.FAILED),
        ("undelivered", MessageState.UNDELIVERED),
        ("delivered", MessageState.DELIVERED),
        ("read", MessageState.READ),
        ("receiving", None),
        ("received", None),
        ("planned", None),
        ("claimed", None),
        ("teleported", None),
        ("Delivered", None),
    ],
)
def test_only_outbound_statuses_of_twilio_are_applied(status: str, state: MessageState | None) -> None:
    assert outbound_status(status) is state


async def _status(engine: AsyncEngine, reports: list[StatusReport]) -> None:
    async with engine.begin() as connection:
        await apply_statuses(connection, reports, now=NOW)


async def test_a_report_that_meets_the_recording_of_its_sid_is_not_lost(committed: AsyncEngine) -> None:
    """A report without our id finds no message while the recorder has not committed: it waits and looks again."""
    async with committed.begin() as connection:
        organization_id = UUID(str((await connection.execute(text("SELECT id FROM organizations"))).scalar_one()))
        message_id = await add_outbound(connection, organization_id, state="claimed")
    async with committed.connect() as recorder:
        async with recorder.begin():
            await record_sid(recorder, message_id, sid(1))
            await adopt_orphan_events(recorder, [sid(1)], now=NOW)
            reported = asyncio.create_task(_status(committed, [report("delivered")]))
            await asyncio.sleep(0.2)
            assert not reported.done()
        await asyncio.wait_for(reported, 5)
    async with committed.connect() as connection:
        assert (await message(connection, message_id)).state == "delivered"


async def test_batches_in_opposite_orders_do_not_deadlock(committed: AsyncEngine) -> None:
    async with committed.begin() as connection:
        organization_id = UUID(str((await connection.execute(text("SELECT id FROM organizations"))).scalar_one()))
        for number in range(1, 41):
            await add_outbound(connection, organization_id, twilio_sid=sid(number))
    batches = [
        [report(status, number=number) for number in numbers]
        for status in ("queued", "sent", "delivered")
        for numbers in (range(1, 41), range(40, 0, -1))
    ]
    await asyncio.gather(*(_status(committed, batch) for batch in batches))
    async with committed.connect() as connection:
        states = await rows(connection, "SELECT state::text, count(*)::int FROM messages GROUP BY 1")
    assert states == [("delivered", 40)]
