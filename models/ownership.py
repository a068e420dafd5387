"""Who may do what in the database: the owner of the schema everything, the application only what it needs.

The application may add to the ledger of consent and read it; what it says stays said.
"""

import psycopg
from psycopg import sql

from messaging.errors import TidingsError

_ADDED_TO_ONLY = ("consent_events",)
_READ_ONLY = ("ledger_erasures", "alembic_version")

_FOREIGN = """
    SELECT DISTINCT c.relowner::regrole::text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'S', 'v') AND c.relowner <> current_user::regrole
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"


class NotTheOwner(TidingsError):
    """The tables belong to another role, and the owner's may not take them over; the text says what helps."""


def take_over(owner: psycopg.Connection[tuple[str]]) -> None:
    """Makes the connection's role the owner of what another role has made of the schema. Raises `NotTheOwner`."""
    for (former,) in owner.execute(_FOREIGN).fetchall():
        _reassign(owner, former)


def _reassign(owner: psycopg.Connection[tuple[str]], former: str) -> None:
    us = owner.info.user
    try:
        with owner.transaction():
            owner.execute(sql.SQL("REASSIGN OWNED BY {} TO CURRENT_USER").format(sql.Identifier(former)))
    except psycopg.errors.InsufficientPrivilege:
        raise NotTheOwner(
            f"The tables in {owner.info.dbname} belong to {former}, not to {us} of TIDINGS_OWNER_DATABASE_URL; as "
            f'a superuser run REASSIGN OWNED BY "{former}" TO "{us}" in that database, and start again.'
        ) from None


def grant_use(owner: psycopg.Connection[tuple[str]], role: str) -> None:
    """Lets a role use every table as the application must, and no more; in the caller's transaction."""
    schema = owner.execute("SELECT current_schema()").fetchone()
    tables = {name for (name,) in owner.execute(_TABLES).fetchall()}
    used = tables.difference(_ADDED_TO_ONLY, _READ_ONLY)
    whom, where = sql.Identifier(role), sql.Identifier(*(schema or ()))
    for statement, names in (
        ("REVOKE ALL ON {tables} FROM {whom}, PUBLIC", tables),
        ("GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO {whom}", used),
        ("GRANT SELECT, INSERT ON {tables} TO {whom}", tables.intersection(_ADDED_TO_ONLY)),
        ("GRANT SELECT ON {tables} TO {whom}", tables.intersection(_READ_ONLY)),
        ("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {where} TO {whom}", ()),
        ("GRANT USAGE ON SCHEMA {where} TO {whom}", ()),
        ("GRANT EXECUTE ON FUNCTION erase_consent_ledger(uuid, text, bytea) TO {whom}", ()),
    ):
        named = sql.SQL(", ").join(sql.Identifier(name) for name in sorted(names))
        owner.execute(sql.SQL(statement).format(tables=named, whom=whom, where=where))
