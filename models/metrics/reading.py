"""Reads all figures, each by a statement of its own, so that one that takes too long costs only itself."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from psycopg.errors import QueryCanceled
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.outcomes import OutcomeClass, Stage, Verdict, classify_delivery, classify_rejection
from models.metrics.figures import ENDED, FIGURES, SENDERS, Figure
from models.pacing import Standing, sender_key, standings

_BUDGET_LABELS = ("organization", "sender", "purpose", "channel")
RATE = Figure("tidings_sender_segments_per_second", "What a sender may send now.", "", _BUDGET_LABELS)
SHARE = Figure("tidings_sender_share", "What Twilio's complaints left of its rate, 0 to 1.", "", _BUDGET_LABELS)
AHEAD = Figure("tidings_sender_ahead_seconds", "How long its budget is spoken for.", "", _BUDGET_LABELS)
CLOSED = Figure("tidings_sender_rest_seconds", "How long it still rests, as Twilio said.", "", _BUDGET_LABELS)
OUTCOMES = Figure(
    "tidings_messages_ended_5m",
    "Messages that ended within the last five minutes, failures by their class (`tidings errors`).",
    "",
    ("state", "class"),
)
_BUDGETS: Mapping[Figure, Callable[[Standing], float]] = {
    RATE: lambda budget: budget.segments_per_second,
    SHARE: lambda budget: budget.share_now,
    AHEAD: lambda budget: budget.ahead,
    CLOSED: lambda budget: budget.closed_for,
}


Samples: TypeAlias = Mapping[tuple[str, ...], float]
"""Values by the values of the labels."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Figures with their values by label; `left_out` are those that could not be read in time."""

    values: Mapping[Figure, Samples]
    left_out: int


async def read_figures(engine: AsyncEngine) -> Reading:
    """Everything, as it is now. Raises `sqlalchemy.exc.DBAPIError` when the database is away."""
    readers: list[Callable[[AsyncEngine], Awaitable[dict[Figure, Samples]]]] = [
        *(partial(_plain, figure=figure) for figure in FIGURES),
        _outcomes,
        _budgets,
    ]
    values: dict[Figure, Samples] = {}
    for read in readers:
        with suppress(QueryCanceled):
            values |= await read(engine)
    return Reading(values, left_out=len(FIGURES) + 1 + len(_BUDGETS) - len(values))


async def _rows(engine: AsyncEngine, query: str) -> list[Mapping[str, Any]]:
    async with engine.connect() as connection:
        try:
            return [dict(row) for row in (await connection.execute(text(query))).mappings()]
        except OperationalError as error:
            if isinstance(error.orig, QueryCanceled):
                raise error.orig from None
            raise


async def _plain(engine: AsyncEngine, *, figure: Figure) -> dict[Figure, Samples]:
    rows = await _rows(engine, figure.query)
    return {figure: {tuple(str(row[name]) for name in figure.labels): float(row["value"]) for row in rows}}


async def _outcomes(engine: AsyncEngine) -> dict[Figure, Samples]:
    counts = Counter[tuple[str, ...]]()
    for row in await _rows(engine, ENDED):
        failed = row["state"] in ("failed", "undelivered")
        kind = _verdict(row).kind if failed else OutcomeClass.ACCEPTED
        counts[row["state"], kind.value] += row["value"]
    return {OUTCOMES: {labels: float(count) for labels, count in counts.items()}}


def _verdict(row: Mapping[str, Any]) -> Verdict:
    if row["failed_at"] == Stage.REQUEST and row["error_code"]:
        return classify_rejection(http_status=400, code=row["error_code"])
    return classify_delivery(row["error_code"])


async def _budgets(engine: AsyncEngine) -> dict[Figure, Samples]:
    senders = {sender_key(row["id"]): row for row in await _rows(engine, SENDERS)}
    async with engine.connect() as connection:
        budgets = await standings(connection, list(senders))
    return {figure: {_labels(senders[b.key]): of(b) for b in budgets} for figure, of in _BUDGETS.items()}


def _labels(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (row["slug"], str(row["id"]), row["purpose"], row["channel"])
