"""Lists in pages: each page names the cursor of the next."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from api.v1.problems import FieldProblem, Kind, ProblemError
from api.v1.values import LARGEST_ID, Text

Row = TypeVar("Row")
Item = TypeVar("Item", bound=BaseModel)
Place = TypeVar("Place")

CursorText = Annotated[
    Text | None, Query(max_length=200, description="`next_cursor` of the page before; none for the first page.")
]


class Page(BaseModel, Generic[Item]):
    """Part of a list."""

    data: list[Item]
    next_cursor: str | None = Field(description="Gives the next page as `?cursor=`; null on the last one.")


def page_of(
    rows: Sequence[Row], *, limit: int, show: Callable[[Row], Item], place: Callable[[Row], object]
) -> Page[Item]:
    """A page of `limit` rows, from a query that was asked for one more; `place` is where a row stands."""
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(data=[show(row) for row in shown], next_cursor=_written(place(shown[-1])) if more else None)


def place_of(cursor: str | None, read: Callable[[str], Place]) -> Place | None:
    """Where a page begins. Raises `ProblemError` for a cursor that is none of ours."""
    if cursor is None:
        return None
    try:
        return read(base64.urlsafe_b64decode(cursor.encode("ascii")).decode("ascii"))
    except (ValueError, binascii.Error):
        detail = "This is no cursor of this list; take the next_cursor of the page before."
        raise ProblemError(
            Kind.INVALID, detail, errors=[FieldProblem(parameter="cursor", detail=detail)]
        ) from None


def number(text: str) -> int:
    """The place of a row that is known by a number. Raises `ValueError`."""
    place = int(text)
    if not 0 <= place <= LARGEST_ID:
        raise ValueError("out of range")
    return place


def moment_written(moment: datetime, id_: int) -> str:
    """The place of a row in a list that goes by a time, and by id where that is the same."""
    return f"{moment.isoformat()} {id_}"


def moment_and_id(written: str) -> tuple[datetime, int]:
    """The place that `moment_written` wrote. Raises `ValueError` for what is none."""
    moment, _, id_ = written.rpartition(" ")
    place = datetime.fromisoformat(moment)
    if place.tzinfo is None:
        raise ValueError("no zone")
    return place, number(id_)


def _written(place: object) -> str:
    return base64.urlsafe_b64encode(str(place).encode("ascii")).decode("ascii")
