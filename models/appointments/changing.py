"""The one door through which appointments change: the row, its story, its reminders and the event, together."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Required, TypedDict
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.changing_sql import ADD, CHANGE
from models.appointments.happened import Happened, what_happened
from models.appointments.telling import tell
from models.reminders.following import follow

Source = Literal["file", "direct"]
Outcome = Literal["new", "changed", "unchanged"]


class Change(TypedDict, total=False):
    """What is named of one appointment becomes so, the rest stays; a new one needs contact, start and zone.

    Attributes are laid over those there; one whose value is None is taken away. A place of None is none.
    """

    external_id: Required[str]
    contact_id: int
    starts_at: datetime
    timezone: str
    kind: str
    place: str | None
    attributes: Mapping[str, Any]
    state: str


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of one change: `happened` is empty for an appointment that was so already."""

    id: int
    external_id: str
    outcome: Outcome
    state: str
    happened: Sequence[Happened]


async def apply_changes(
    connection: AsyncConnection,
    organization_id: UUID,
    changes: Sequence[Change],
    *,
    now: datetime,
    actor: str,
    source: Source = "direct",
    message_id: int | None = None,
) -> Sequence[Changed]:
    """Makes and changes appointments of an organization, each external id at most once in `changes`.

    An unknown one that lacks contact, start or zone is not among what is returned. A `file` changes a state only
    by saying something else than it said before; moved, an appointment is as the file says, or booked again.
    Contacts must be the organization's own. `message_id` is the person's message that brought it about.
    """
    values = {"organization_id": organization_id, "by_file": source == "file", "now": now}
    made = await connection.execute(ADD, {**values, "rows": _json(changes)})
    added = [_new(row) for row in made.mappings()]
    known = {each.external_id for each in added}
    rest = [change for change in changes if change["external_id"] not in known]
    found = await connection.execute(CHANGE, {**values, "rows": _json(rest)})
    done = [*added, *map(_changed, found.mappings())]
    stories = {each.id: each.happened for each in done if each.happened}
    await tell(connection, organization_id, stories, now=now, actor=actor, message_id=message_id)
    await follow(connection, organization_id, list(stories), now=now)
    return done


def _json(changes: Sequence[Change]) -> str:
    return json.dumps(changes, default=str)


def _new(row: RowMapping) -> Changed:
    detail = {name: row[name] for name in ("starts_at", "timezone", "kind", "state")}
    return Changed(row["id"], row["external_id"], "new", row["state"], [Happened("new", detail)])


def _changed(row: RowMapping) -> Changed:
    happened = what_happened(dict(row))
    outcome: Outcome = "changed" if happened else "unchanged"
    return Changed(row["id"], row["external_id"], outcome, row["to_state"], happened)
