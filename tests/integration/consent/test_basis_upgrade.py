"""Consents of an older version know after the upgrade what they rest on, and since when."""

import os

import pytest
from alembic import command
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from models.engine import driver_url
from models.migrate import config_for, upgrade
from tests.fixtures.fresh_database import fresh_database

_ORGANIZATION = text("""
    INSERT INTO organizations (id, slug, name, default_region, created_at)
    VALUES ('00000000-0000-7000-8000-000000000001', 'default', 'Default', 'US', now())
""")
_ENTRY = text("""
    INSERT INTO consent_events (organization_id, phone, message_type, topic, channel, state_before, state_after,
                                method, source, given_at, recorded_at)
    VALUES ('00000000-0000-7000-8000-000000000001', :phone, 'marketing', '', 'sms', :before, :after, :method,
            'a test', make_date(2026, 1, :day), now())
    RETURNING id
""")
_STATE = text("""
    INSERT INTO consents (organization_id, phone, message_type, topic, channel, state, before_opt_out, event_id,
                          given_at)
    VALUES ('00000000-0000-7000-8000-000000000001', :phone, 'marketing', '', 'sms', :state, :ended, :id, now())
""")
_KNOWN = text("SELECT phone, basis, extract(day FROM agreed_at)::int AS day FROM consents ORDER BY phone")

STOP, START = ("opted_out", "keyword"), ("opted_in", "keyword")
STORIES = {
    "a form": ([("opted_in", "web_form")], ("single", 1)),
    "a JOIN": ([("pending", "double_opt_in"), ("opted_in", "double_opt_in")], ("confirmed", 2)),
    "a JOIN, and a STOP": ([("opted_in", "double_opt_in"), STOP], ("confirmed", 1)),
    "a STOP, and a START": ([("opted_in", "double_opt_in"), STOP, START], ("confirmed", 1)),
    "two forms": ([("opted_in", "web_form"), ("opted_in", "web_form")], ("single", 2)),
    "a STOP, and never a yes": ([STOP], (None, None)),
    "asked, never answered": ([("pending", "double_opt_in"), ("unknown", "double_opt_in")], (None, None)),
}


@pytest.fixture(scope="module")
def upgraded(postgres_url: str) -> dict[str, tuple[str | None, int | None]]:
    """The basis and the day of every story; each is told under its own name in place of a number."""
    with fresh_database(postgres_url, f"tidings_basis_{os.getpid()}") as url:
        engine = create_engine(driver_url(url), poolclass=NullPool)
        with engine.connect() as connection:
            command.upgrade(config_for(connection), "0009")
            connection.execute(_ORGANIZATION)
            for name, (entries, _) in STORIES.items():
                state, ended = "unknown", None
                for day, (after, method) in enumerate(entries, start=1):
                    ended = state if after == "opted_out" else None
                    values = {"phone": name, "before": state, "after": after, "method": method, "day": day}
                    last, state = connection.execute(_ENTRY, values).scalar_one(), after
                connection.execute(_STATE, {"phone": name, "state": state, "ended": ended, "id": last})
            connection.commit()
        upgrade(url)
        with engine.connect() as connection:
            return {row.phone: (row.basis, row.day) for row in connection.execute(_KNOWN)}


@pytest.mark.parametrize("name", STORIES)
def test_what_it_rests_on(upgraded: dict[str, tuple[str | None, int | None]], name: str) -> None:
    assert upgraded[name] == STORIES[name][1]
