"""The columns of a file of appointments, and a row that is good to import."""

from datetime import datetime
from typing import NamedTuple

from models.imports.header import Known

COLUMNS = Known(
    (
        *("external_id", "phone", "name", "first_name", "last_name", "country", "locale"),
        *("starts_at", "timezone", "kind", "place", "state"),
    ),
    {
        "external_id": "what your calendar calls an appointment",
        "phone": "the numbers",
        "starts_at": "when it starts",
    },
)
"""Any other column is an attribute."""


class StagedAppointment(NamedTuple):
    """`starts_at` is UTC, `attributes` a JSON object; None is what the row does not say."""

    line: int
    external_id: str
    phone: str
    first_name: str | None
    last_name: str | None
    country: str | None
    locale: str | None
    starts_at: datetime
    timezone: str
    kind: str | None
    place: str | None
    state: str | None
    attributes: str
