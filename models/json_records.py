"""Rows for a statement, as one JSON text that PostgreSQL reads with `jsonb_to_recordset`.

Where every webhook passes: psycopg writes an array element by element, in Python, and a batch has a dozen of them.
"""

import json
from collections.abc import Iterable


def records(rows: Iterable[object], *names: str) -> str:
    """The attributes of these names of each row: texts, whole numbers, booleans, lists of them, or None."""
    return json.dumps([{name: getattr(row, name) for name in names} for row in rows])
