"""Who may do what in the database: the owner of the schema everything, the application only what it needs.

The application may add to the ledger of consent and read it; what it says stays said.
"""

import psycopg
from psycopg import sql

from messaging.errors import TidingsError

_ADDED_TO_ONLY = ("consent_events",)
_READ_ONLY = ("ledger_erasures", "alembic_version")

# An index and the sequence of a column follow their table.
_FOREIGN = """
    WITH things AS (
        SELECT 'TABLE' AS kind, oid::regclass::text AS name, relowner AS owner, relnamespace AS schema
        FROM pg_class WHERE relkind = 'r'
        UNION ALL
        SELECT 'FUNCTION', oid::regprocedure::text, proowner, pronamespace FROM pg_proc WHERE prokind = 'f'
        UNION ALL
        SELECT 'TYPE', oid::regtype::text, typowner, typnamespace FROM pg_type WHERE typtype = 'e'
    )
    SELECT format('ALTER %s %s OWNER TO CURRENT_USER', kind, name), pg_get_userbyid(owner) FROM things
    WHERE schema = current_schema()::regnamespace AND owner <> current_user::regrole
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"


class NotTheOwner(TidingsError):
    """The tables belong to another role, and the owner's may not take them over; the text says what helps."""


def take_over(owner: psycopg.Connection[tuple[str, str]]) -> None:
    """Makes the connection's role the owner of what another role has made of the schema. Raises `NotTheOwner`."""
    for statement, former in owner.execute(_FOREIGN).fetchall():
        try:
            owner.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            where, us = owner.info.dbname, owner.info.user
            raise NotTheOwner(
                f"The tables in {where} belong to {former}, not to {us} of TIDINGS_OWNER_DATABASE_URL; as a "
                f'superuser run REASSIGN OWNED BY "{former}" TO "{us}" in that database, and start again.'
            ) from None


def grant_use(owner: psycopg.Connection[tuple[str, str]], role: str) -> None:
    """Lets another role use every table as the application must, and no more; in the caller's transaction."""
    if role == owner.info.user:
        return
    schema = owner.execute("SELECT current_schema()").fetchone()
    tables = {name for name, *_ in owner.execute(_TABLES).fetchall()}
    used = tables.difference(_ADDED_TO_ONLY, _READ_ONLY)
    whom, where = sql.Identifier(role), sql.Identifier(schema[0] if schema else "public")
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
