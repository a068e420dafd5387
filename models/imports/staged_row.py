"""A row that is good to import, as the staging table takes it."""

from datetime import datetime
from typing import NamedTuple


class StagedRow(NamedTuple):
    """`attributes` is a JSON object; `answer` a consent state, or None where nothing is said.

    `evidence` is what the row says in proof of the answer: a JSON object by columns of the ledger, or None.
    """

    line: int
    phone: str
    first_name: str | None
    last_name: str | None
    email: str | None
    country: str | None
    locale: str | None
    timezone: str | None
    postcode: str | None
    region: str | None
    tags: list[str]
    attributes: str
    answer: str | None
    answered_at: datetime | None
    source: str | None
    evidence: str | None
