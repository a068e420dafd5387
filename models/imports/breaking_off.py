"""What is told when the database breaks off while a file is being saved."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import Error
from sqlalchemy.exc import DBAPIError

from models.imports.faults import ImportInterrupted


@contextmanager
def told(saved: int, total: int, *, of: str) -> Iterator[None]:
    """Raises `ImportInterrupted` in the place of the database's error, once something was saved."""
    try:
        yield
    except (DBAPIError, Error):
        if not saved:
            raise
        raise ImportInterrupted(
            f"The database broke off when {saved:,} of {total:,} {of} were saved; see that it runs, and "
            "import the file again: what is saved stays as it is, and the rest is added."
        ) from None
