"""What the difference between two versions of an appointment means, in the words of its story."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.appointments.tables import OPEN_STATES, AppointmentState

_FIELDS = ("contact_id", "timezone", "kind", "place")


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry of the story: `what` is `new`, `moved`, `changed`, `reopened` or a state that was reached."""

    what: str
    detail: Mapping[str, Any]


def what_happened(row: Mapping[str, Any]) -> Sequence[Happened]:
    """The entries for a row of columns as they were (`kind`) and as they are (`to_kind`); none for no difference.

    `other_attributes` says whether attributes differ. What they were is not told: they may be anything, and the
    story outlives them.
    """
    found = []
    if row["to_starts_at"] != row["starts_at"]:
        found.append(Happened("moved", {"from": row["starts_at"], "to": row["to_starts_at"]}))
    fields = {name: {"from": row[name], "to": row[f"to_{name}"]} for name in _FIELDS if _differs(row, name)}
    if row["other_attributes"]:
        fields["attributes"] = {}
    if fields:
        found.append(Happened("changed", fields))
    if _differs(row, "state"):
        found.append(Happened(_reached(row), {"from": row["state"], "to": row["to_state"]}))
    return found


def _differs(row: Mapping[str, Any], name: str) -> bool:
    return bool(row[name] != row[f"to_{name}"])


def _reached(row: Mapping[str, Any]) -> str:
    """A cancelled or past one that is expected again is reopened; any other change is called by its new state."""
    again = row["state"] not in OPEN_STATES and row["to_state"] == AppointmentState.BOOKED
    return "reopened" if again else str(row["to_state"])
