"""A reminder's message on its way: written at its claim, and stopped at every step once it was taken back."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.statuses import MessageState
from models.campaigns.rendering import compile_stored
from models.campaigns.runs import load_run
from models.campaigns.store import load_campaign
from models.messages.claim import Claim, claim
from models.messages.gate import GateVerdict, objections
from models.messages.record import record
from models.messages.results import Closed, Returned
from models.pacing import Urgency
from models.reminders.planning import plan_due
from models.reminders.withdrawing import withdraw
from models.settling.replan import replan
from tests.conftest import ACCOUNT_SID
from tests.integration.reminders.due import NOW, RULES, remind_of, set_rules, story, visit


async def _claim(connection: AsyncConnection, told: Mapping[str, Any]) -> Claim:
    run = await load_run(connection, told["campaign_run_id"])
    template = compile_stored((await load_campaign(connection, run.campaign_id)).body)
    return await claim(connection, run.id, template=template, most=9, lease=60, now=NOW, hours_margin=None)


@pytest.fixture
async def reminder_id(connection: AsyncConnection, organization_id: UUID) -> int:
    """A reminder whose message is planned."""
    await set_rules(connection, organization_id)
    reminder_id = await remind_of(connection, await visit(connection, organization_id))
    await plan_due(connection, now=NOW)
    return reminder_id


async def test_its_words_are_of_the_appointment_as_it_stands_at_the_claim(
    connection: AsyncConnection, reminder_id: int
) -> None:
    await connection.execute(text("UPDATE contacts SET locale = 'es', first_name = 'Inés'"))
    taken = await _claim(connection, await story(connection, reminder_id))
    assert [message.body for message in taken.messages] == ["See you lunes at 10:30, Inés."]
    assert (await story(connection, reminder_id))["body"] == "See you lunes at 10:30, Inés."


async def test_its_run_goes_ahead_of_bulk(connection: AsyncConnection, reminder_id: int) -> None:
    told = await story(connection, reminder_id)
    assert (await load_run(connection, told["campaign_run_id"])).urgency is Urgency.REMINDER


class Unfit(NamedTuple):
    """A text that cannot be sent to someone, and the reason beside its message."""

    name: str
    text: str
    reason: str


UNFIT = [
    Unfit("too long", "{{ appointment.kind }}" * 400, "body_too_long"),
    Unfit("empty", "{{ appointment.place }}", "empty_body"),
    Unfit("no number", "{{ appointment.kind | divided_by: 0 }}", "body_not_rendered"),
]


@pytest.mark.parametrize("one", UNFIT, ids=lambda one: one.name)
async def test_what_cannot_be_written_is_skipped(
    connection: AsyncConnection, organization_id: UUID, one: Unfit
) -> None:
    words = "See you {{ appointment.weekday }} at {{ appointment.time }}, {{ first_name }}."
    await set_rules(connection, organization_id, RULES.replace(words, one.text))
    reminder_id = await remind_of(connection, await visit(connection, organization_id))
    await plan_due(connection, now=NOW)
    assert (await _claim(connection, await story(connection, reminder_id))).messages == []
    told = await story(connection, reminder_id)
    assert (told["state"], told["message_state"], told["skip_reason"]) == ("planned", "skipped", one.reason)


async def test_taken_back_before_its_claim_it_is_not_claimed(
    connection: AsyncConnection, reminder_id: int
) -> None:
    told = await story(connection, reminder_id)
    await withdraw(connection, [told["message_id"]], now=NOW)
    taken = await _claim(connection, told)
    assert (taken.messages, taken.set_aside) == ([], 0)


async def test_given_back_by_an_older_program_it_is_canceled_by_the_claim(
    connection: AsyncConnection, reminder_id: int
) -> None:
    told = await story(connection, reminder_id)
    await connection.execute(text("UPDATE messages SET withdrawn = true"))
    taken = await _claim(connection, told)
    assert (taken.messages, taken.set_aside) == ([], 1)
    assert (await story(connection, reminder_id))["message_state"] == "canceled"


async def test_taken_back_after_its_claim_the_gate_stops_it(connection: AsyncConnection, reminder_id: int) -> None:
    told = await story(connection, reminder_id)
    taken = await _claim(connection, told)
    ids = [told["message_id"]]
    assert await objections(connection, claim_id=taken.id, ids=ids, now=NOW) == {}
    await withdraw(connection, [told["message_id"]], now=NOW)
    stopped = await objections(connection, claim_id=taken.id, ids=ids, now=NOW)
    assert stopped == {told["message_id"]: GateVerdict.CANCELED}


async def test_given_back_unsent_after_it_was_taken_back_it_is_canceled(
    connection: AsyncConnection, reminder_id: int
) -> None:
    told = await story(connection, reminder_id)
    taken = await _claim(connection, told)
    await withdraw(connection, [told["message_id"]], now=NOW)
    returned = [Returned(told["message_id"], send_after=NOW, tried=True)]
    await record(connection, returned, claim_id=taken.id, account_sid=ACCOUNT_SID, now=NOW)
    assert (await story(connection, reminder_id))["message_state"] == "canceled"


@pytest.mark.parametrize(("taken_back", "state"), [("taken back", "canceled"), ("", "planned")])
async def test_never_sent_after_all_it_is_planned_again_only_if_it_is_wanted(
    connection: AsyncConnection, reminder_id: int, taken_back: str, state: str
) -> None:
    told = await story(connection, reminder_id)
    taken = await _claim(connection, told)
    lost = [Closed(told["message_id"], MessageState.UNKNOWN)]
    await record(connection, lost, claim_id=taken.id, account_sid=ACCOUNT_SID, now=NOW)
    if taken_back:
        await withdraw(connection, [told["message_id"]], now=NOW)
    assert (await story(connection, reminder_id))["message_state"] == "unknown", "still to be found out about"
    await replan(connection, [told["message_id"]], now=NOW)
    assert (await story(connection, reminder_id))["message_state"] == state
