"""Whether a PostgreSQL server can be used: reachable, and not older than version 14."""

import psycopg
from psycopg.conninfo import conninfo_to_dict

from messaging.errors import TidingsError

OLDEST_VERSION = 14


class DatabaseUnusable(TidingsError):
    """The database of TIDINGS_DATABASE_URL cannot be reached, or is too old."""


def database_problem(database_url: str, *, seconds: int = 3) -> str | None:
    """Why the database cannot be used, in a few words; None when it can."""
    try:
        with psycopg.connect(libpq_url(database_url), connect_timeout=seconds) as connection:
            version = connection.info.server_version // 10_000
    except psycopg.Error as error:
        return _short(error)
    return None if version >= OLDEST_VERSION else f"it is PostgreSQL {version}, older than {OLDEST_VERSION}"


def require_usable(database_url: str, *, setting: str = "TIDINGS_DATABASE_URL") -> None:
    """Raises `DatabaseUnusable` naming the setting and its address, without the password, and what to do."""
    if not libpq_url(database_url).startswith("postgresql://"):  # libpq's own complaint would repeat a password
        raise DatabaseUnusable(f"{setting} must start with postgresql://; Tidings keeps its data there.")
    problem = database_problem(database_url)
    if problem is not None:
        raise DatabaseUnusable(
            f"The database {describe(database_url)} of {setting} cannot be used: {problem}; start it, "
            "correct the address, or unset TIDINGS_DATABASE_URL to use the embedded one."
        )


def describe(database_url: str) -> str:
    """The address without password and options: postgresql://user@host:port/name."""
    try:
        parts = conninfo_to_dict(libpq_url(database_url))
    except psycopg.Error:
        return "address"
    user = f"{parts['user']}@" if "user" in parts else ""
    port = f":{parts['port']}" if "port" in parts else ""
    return f"postgresql://{user}{parts.get('host', '')}{port}/{parts.get('dbname', '')}"


def libpq_url(database_url: str) -> str:
    """The address without SQLAlchemy's driver name, as libpq reads it."""
    scheme, separator, rest = database_url.partition("://")
    return f"postgresql://{rest}" if separator and scheme.startswith(("postgresql", "postgres")) else database_url


def _short(error: psycopg.Error) -> str:
    first = str(error).strip().split("\n")[0]
    return first.split("failed: ")[-1].strip() or type(error).__name__
