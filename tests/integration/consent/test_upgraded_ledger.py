"""A ledger that older versions wrote: what its entries did is told, and its states are derived from it."""

import os
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from alembic import command
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from messaging.settings import Settings
from models.columns import new_id
from models.consent.rebuilding import differences
from models.engine import driver_url, open_engine
from models.migrate import config_for, upgrade
from tests.fixtures.fresh_database import fresh_database
from tests.integration.population import phone

BEFORE = "0009"
Entry = tuple[str, str, str]
"""State before, state after, method."""

FORM, STOP_BY = "web_form", "keyword"
YES: Entry = ("unknown", "opted_in", FORM)
STOP: Entry = ("opted_in", "opted_out", STOP_BY)
NOTHING_NEW: Entry = ("opted_out", "opted_out", STOP_BY)
NO: Entry = ("unknown", "opted_out", FORM)
ASKED: Entry = ("unknown", "pending", "double_opt_in")

# name: entries in their order, which of them the state is by (None: there is no state), what each did
LEDGERS: dict[str, tuple[list[Entry], int | None, list[str]]] = {
    "a yes": ([YES], 0, ["opt_in"]),
    "a STOP": ([YES, STOP], 1, ["opt_in", "opt_out"]),
    "a second STOP": ([YES, STOP, NOTHING_NEW], 2, ["opt_in", "opt_out", "opt_out"]),
    "a third STOP": ([YES, STOP, NOTHING_NEW, NOTHING_NEW], 3, ["opt_in", "opt_out", "", "opt_out"]),
    "a START that ended nothing": ([NO, NOTHING_NEW], 0, ["opt_out", "start"]),
    "a START of someone unknown": ([("unknown", "unknown", STOP_BY)], None, ["start"]),
    "STOP and START": ([YES, STOP, ("opted_out", "opted_in", STOP_BY)], 2, ["opt_in", "opt_out", "start"]),
    "confirmed": ([ASKED, ("pending", "opted_in", "double_opt_in")], 1, ["ask", "confirm"]),
    "never confirmed": ([ASKED, ("pending", "unknown", "double_opt_in")], 1, ["ask", "expire"]),
    "a question that a STOP ended": ([ASKED, ("pending", "unknown", STOP_BY)], 1, ["ask", "opt_out"]),
}
_ENTRY = """
    INSERT INTO consent_events (organization_id, phone, message_type, topic, channel, state_before, state_after,
                                method, source, evidence, given_at, recorded_at)
    VALUES (%s, %s, 'marketing', '', 'sms', %s, %s, %s, 'a test', '{"wording": "Yes."}', now(), now()) RETURNING id
"""
_STATE = """
    INSERT INTO consents (organization_id, phone, message_type, topic, channel, state, before_opt_out,
                          opt_out_method, event_id, given_at)
    SELECT organization_id, phone, message_type, topic, channel, state_after,
        CASE WHEN state_after = 'opted_out' THEN %s END, CASE WHEN state_after = 'opted_out' THEN %s END, id,
        given_at
    FROM consent_events WHERE id = %s
"""


@pytest.fixture(scope="module")
def upgraded(postgres_url: str) -> Iterator[tuple[str, UUID]]:
    organization = new_id()
    with fresh_database(postgres_url, f"tidings_old_ledger_{os.getpid()}") as url:
        with create_engine(driver_url(url), poolclass=NullPool).connect() as connection:
            command.upgrade(config_for(connection), BEFORE)
            connection.commit()
        with psycopg.connect(url) as direct:
            direct.execute(
                "INSERT INTO organizations (id, slug, name, default_region, created_at)"
                " VALUES (%s, 'default', 'Old', 'US', now())",
                (organization,),
            )
            for number, (entries, state, _) in enumerate(LEDGERS.values()):
                _write(direct, organization, phone(number), entries, state)
        upgrade(url)
        yield url, organization


def _write(
    direct: psycopg.Connection[tuple[object, ...]],
    organization: UUID,
    number: str,
    entries: list[Entry],
    state: int | None,
) -> None:
    ids = [(direct.execute(_ENTRY, (organization, number, *entry)).fetchone() or (None,))[0] for entry in entries]
    ended = next(
        ((before, method) for before, after, method in entries if before != after == "opted_out"), (None,) * 2
    )
    if state is not None:
        direct.execute(_STATE, (*ended, ids[state]))


@pytest.mark.parametrize("name", LEDGERS)
def test_what_each_entry_did_is_told(upgraded: tuple[str, UUID], name: str) -> None:
    url, _ = upgraded
    number = phone(list(LEDGERS).index(name))
    with psycopg.connect(url) as direct:
        found = direct.execute(
            "SELECT action, wording FROM consent_events WHERE phone = %s ORDER BY id", (number,)
        )
        assert found.fetchall() == [(action, "Yes.") for action in LEDGERS[name][2]]


async def test_every_state_is_derived_from_its_ledger(upgraded: tuple[str, UUID], settings: Settings) -> None:
    url, organization = upgraded
    here = settings.model_copy(update={"tidings_database_url": url})
    async with open_engine(here, application="tests") as engine:
        assert [each async for each in differences(engine, organization_id=organization, correct=False)] == []
