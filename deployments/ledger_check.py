"""Whether the application's role could change the ledger of consent: people are told, for it is their evidence."""

import psycopg

from deployments.database_check import libpq_url

# Before PostgreSQL 16 a role that may make roles could make itself a member of any.
_WEAKNESS = """
    SELECT CASE
        WHEN r.rolsuper THEN 'is a superuser'
        WHEN pg_has_role(c.relowner, 'MEMBER') THEN 'owns it'
        WHEN pg_has_role(d.datdba, 'MEMBER') OR pg_has_role(n.nspowner, 'MEMBER') THEN 'owns the database'
        WHEN r.rolcreaterole AND current_setting('server_version_num')::int < 160000 THEN 'may make roles'
        WHEN has_table_privilege(c.oid, 'UPDATE') OR has_table_privilege(c.oid, 'DELETE')
            OR has_table_privilege(c.oid, 'TRUNCATE') THEN 'has more rights to it than to add and to read' END,
        current_user::text,
        EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled = 'D')
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_database d ON d.datname = current_database()
    JOIN pg_roles r ON r.rolname = current_user
    WHERE c.oid = to_regclass('consent_events')
"""


def ledger_warning(database_url: str, *, seconds: int = 3) -> str | None:
    """What the ledger lacks of being evidence, in a sentence; None where it lacks nothing or nobody can say."""
    try:
        with psycopg.connect(libpq_url(database_url), connect_timeout=seconds) as connection:
            found = connection.execute(_WEAKNESS).fetchone()
    except psycopg.Error:
        return None
    return _sentence(*found) if found else None


def _sentence(why: str | None, role: str, unguarded: bool) -> str | None:  # noqa: FBT001 (a row of the query)
    if unguarded:
        return "The triggers that guard the ledger of consent are lifted; its owner must enable them again."
    if why is None:
        return None
    return (
        f"The ledger of consent is guarded by triggers only, which the role {role} could lift, for it {why}; "
        "name an owner for the schema in TIDINGS_OWNER_DATABASE_URL (docs/consent.md)."
    )
