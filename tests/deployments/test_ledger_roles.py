"""The ledger of consent belongs to a role that the application cannot become: in new homes, and in older ones."""

import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from alembic import command
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from deployments.database_check import database_problem
from deployments.generated_secrets import keep_secrets
from deployments.home import Home
from deployments.ledger_check import ledger_warning
from deployments.ports import choose_ports
from deployments.postgres import (
    PostgresServer,
    database_address,
    embedded_postgres,
    owner_address,
    write_passfiles,
)
from deployments.postgres_cluster import DATABASE, ROLE, Passwords
from models.engine import driver_url
from models.migrate import config_for, upgrade
from tests.deployments.processes import wait_until
from tests.fixtures.fresh_database import fresh_database

PASSWORDS = Passwords("correct horse", "battery staple")
OLD_SCHEMA = "0009"
OURS, OTHERS = uuid4(), uuid4()
ADA, BEN = "+12025550101", "+12025550102"

# What an older version made: one role, which owned the database, and nobody else could enter.
_OLD_ROLES = (
    f"CREATE ROLE {ROLE} LOGIN CREATEDB CREATEROLE PASSWORD '{{application}}';\n"
    f"CREATE DATABASE {DATABASE} OWNER {ROLE};\n"
)
_OLD_HBA = f"host all {ROLE} 127.0.0.1/32 scram-sha-256\n"

_NO = """
    WITH entry AS (
        INSERT INTO consent_events (organization_id, phone, message_type, topic, channel, state_before,
                                    state_after, method, source, given_at, recorded_at)
        VALUES (%s, %s, 'marketing', '', 'sms', 'unknown', 'opted_out', 'verbal', 'a call', now(), now())
        RETURNING *)
    INSERT INTO consents (organization_id, phone, message_type, topic, channel, state, event_id, given_at)
    SELECT organization_id, phone, message_type, topic, channel, state_after, id, given_at FROM entry
"""
_ERASE = "SELECT erase_consent_ledger(%s, %s, '\\xabcd')"


@contextmanager
def _running(home: Home) -> Iterator[PostgresServer]:
    port = choose_ports(["postgres"], previous={}, fixed={})["postgres"]
    write_passfiles(home, PASSWORDS)
    server, copy = embedded_postgres(home, port=port, passwords=PASSWORDS)
    process = server.start()
    try:
        wait_until(lambda: database_problem(database_address(home, port)) is None, seconds=20)
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)
        if copy is not None:
            shutil.rmtree(copy)


def _make_old(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The home as the version before left it, with a no in its ledger."""
    with monkeypatch.context() as past:
        past.setattr("deployments.postgres_cluster._NEW", _OLD_ROLES)
        past.setattr("deployments.postgres_cluster._HBA", _OLD_HBA)
        past.setattr("deployments.postgres.bring_forward", lambda *_, **__: None)
        with _running(home) as server:
            url = database_address(home, server.port)
            with create_engine(driver_url(url), poolclass=NullPool).connect() as connection:
                command.upgrade(config_for(connection), OLD_SCHEMA)
                connection.commit()
            _add_people(url)


def _add_people(url: str) -> None:
    with psycopg.connect(url) as connection:
        for organization, slug in ((OURS, "ours"), (OTHERS, "others")):
            connection.execute(
                "INSERT INTO organizations (id, slug, name, default_region, created_at)"
                " VALUES (%s, %s, %s, 'US', now())",
                (organization, slug, slug),
            )
            for phone in (ADA, BEN):
                connection.execute(_NO, (organization, phone))


@pytest.fixture(scope="module", params=["a new home", "a home of the version before"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The addresses of the application and of the owner, on a migrated database with four noes in the ledger."""
    home = Home.at(tmp_path_factory.mktemp("ledger") / "home")
    home.prepare()
    is_old = request.param == "a home of the version before"
    if is_old:
        with pytest.MonkeyPatch.context() as monkeypatch:
            _make_old(home, monkeypatch)
    with _running(home) as server:
        url, owner = database_address(home, server.port), owner_address(home, server.port)
        upgrade(url, owner_url=owner)
        upgrade(url, owner_url=owner)
        if not is_old:
            _add_people(url)
        yield url, owner


FORBIDDEN = {
    "changing": "UPDATE consent_events SET state_after = 'opted_in'",
    "deleting": "DELETE FROM consent_events",
    "emptying": "TRUNCATE consent_events CASCADE",
    "emptying what it hangs on": "TRUNCATE organizations CASCADE",
    "lifting a trigger": "ALTER TABLE consent_events DISABLE TRIGGER USER",
    "dropping": "DROP TABLE consent_events CASCADE",
    "dropping the schema": "DROP SCHEMA public CASCADE",
    "a rule in the way": "CREATE RULE quiet AS ON INSERT TO consent_events DO INSTEAD NOTHING",
    "becoming the owner": "SET ROLE tidings_owner",
    "making oneself a member": "GRANT tidings_owner TO tidings",
    "replacing the erasure": "CREATE OR REPLACE FUNCTION erase_consent_ledger(organization uuid, number text,"
    " number_hash bytea) RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint'",
    "a table that shadows another": "CREATE TABLE ledger_of_ours (n int)",
    "going round the triggers": "SET session_replication_role = replica",
    "hiding an erasure": "DELETE FROM ledger_erasures",
    "inventing an erasure": "INSERT INTO ledger_erasures (organization_id, phone_hash, entries)"
    " SELECT id, '\\x00', 2 FROM organizations",
}


@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN)
def test_the_database_refuses_the_application(home: tuple[str, str], statement: str) -> None:
    url, _ = home
    with psycopg.connect(url) as connection:
        connection.execute("GRANT ALL ON consent_events TO tidings")  # gives what one may give: nothing
        connection.execute("DELETE FROM consents")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)
        connection.rollback()


TRIGGERED = ("changing", "deleting", "emptying", "emptying what it hangs on", "hiding an erasure")


@pytest.mark.parametrize("name", TRIGGERED)
def test_the_triggers_refuse_even_the_owner(home: tuple[str, str], name: str) -> None:
    _, owner = home
    with psycopg.connect(owner) as connection:
        connection.execute(_ERASE, (OTHERS, BEN))  # so that there is an erasure to hide
        connection.execute("DELETE FROM consents")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="is append-only"):
            connection.execute(FORBIDDEN[name])
        connection.rollback()


def test_an_erasure_takes_one_person_of_one_organization_and_leaves_a_trail(home: tuple[str, str]) -> None:
    url, _ = home
    with psycopg.connect(url) as connection:
        before = _entries(connection)
        assert connection.execute(_ERASE, (OURS, ADA)).fetchone() == (1,)
        assert _entries(connection) == before - {(OURS, ADA)}
        left = connection.execute("SELECT organization_id, phone FROM consents").fetchall()
        assert set(left) == before - {(OURS, ADA)}
        trail = connection.execute("SELECT organization_id, phone_hash, entries, role FROM ledger_erasures")
        assert trail.fetchall() == [(OURS, b"\xab\xcd", 1, "tidings")]
        assert connection.execute(_ERASE, (OURS, ADA)).fetchone() == (0,)
        connection.rollback()


@pytest.mark.parametrize("arguments", [(None, ADA), (OURS, None), (OURS, "%"), (OURS, "' OR true --")])
def test_an_erasure_of_nobody_takes_nothing(
    home: tuple[str, str], arguments: tuple[UUID | None, str | None]
) -> None:
    url, _ = home
    with psycopg.connect(url) as connection:
        before = _entries(connection)
        connection.execute(_ERASE, arguments)
        assert _entries(connection) == before
        connection.rollback()


def test_an_erasure_finds_its_tables_wherever_the_caller_looks(home: tuple[str, str]) -> None:
    """A table of the caller's with the same name is not what the owner's rights are lent for."""
    url, _ = home
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TEMPORARY TABLE consent_events (LIKE public.consent_events)")
        connection.execute("CREATE TEMPORARY TABLE ledger_erasures (LIKE public.ledger_erasures)")
        connection.execute("SET search_path = pg_temp, public")
        assert connection.execute(_ERASE, (OURS, ADA)).fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM public.ledger_erasures").fetchone() == (1,)
        connection.rollback()


def test_nobody_else_may_erase(home: tuple[str, str]) -> None:
    url, _ = home
    with psycopg.connect(url) as connection:
        connection.execute("CREATE ROLE stranger")
        connection.execute("GRANT stranger TO tidings WITH SET TRUE")
        connection.execute("SET ROLE stranger")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(_ERASE, (OURS, ADA))
        connection.rollback()


def test_only_a_role_that_could_change_the_ledger_is_warned_of(home: tuple[str, str]) -> None:
    url, owner = home
    assert ledger_warning(url) is None
    assert "the role tidings_owner could lift" in (ledger_warning(owner) or "")
    with fresh_database(url, "one_role_only") as alone:
        upgrade(alone)
        assert "for it owns it; name an owner" in (ledger_warning(alone) or "")
        with psycopg.connect(alone) as connection:
            connection.execute("ALTER TABLE consent_events DISABLE TRIGGER USER")
        assert "are lifted" in (ledger_warning(alone) or "")


def test_a_home_without_an_owners_password_gets_one(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "home")
    home.prepare()
    old = keep_secrets(home).model_dump_json(exclude={"owner_password"})
    home.secrets.write_text(old)
    assert keep_secrets(home) == keep_secrets(home)
    assert keep_secrets(home).model_dump_json(exclude={"owner_password"}) == old


def _entries(connection: psycopg.Connection[tuple[object, ...]]) -> set[tuple[object, ...]]:
    return set(connection.execute("SELECT organization_id, phone FROM consent_events").fetchall())
