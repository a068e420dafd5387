"""A day's reminders in figures, by rule and place: the sums hold, for each is in exactly one of them."""

from collections import defaultdict
from dataclasses import dataclass, field, fields
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.messages.skip_reasons import in_words
from models.reminders.fates import ANSWER, FATE, MESSAGE, WHY
from models.reminders.listing import ON_THE_DAY

_COUNT = text(f"""
    SELECT rule, occasion, place, why, count(*)::int AS reminders,
        CASE
        WHEN fate IN ('waiting', 'planned', 'scheduled') THEN 'waiting'
        WHEN fate NOT IN ('sent', 'delivered') THEN fate
        WHEN occasion = 'cancellation' THEN 'told'
        WHEN answer IS NOT NULL THEN answer
        WHEN elsewhere THEN 'moved'
        ELSE 'unanswered' END AS outcome
    FROM (
        SELECT r.rule, r.occasion, a.place, {FATE} AS fate, {WHY} AS why, said.what AS answer,
            a.starts_at <> r.starts_at AS elsewhere
        FROM reminders r JOIN appointments a ON a.id = r.appointment_id AND a.organization_id = r.organization_id
        {MESSAGE} {ANSWER}
        WHERE r.organization_id = :organization_id AND {ON_THE_DAY}
    ) line
    GROUP BY rule, occasion, place, outcome, why
    ORDER BY rule, occasion DESC, place NULLS FIRST, outcome, why
""")  # noqa: S608 (only texts of ours are put in)


@dataclass(slots=True)
class Figures:
    """How many reminders ended how. `waiting` has not left yet; `told` are notices, which ask for no answer.

    `moved` were about a start that the appointment has no more, and were not answered. Those that are `obsolete`
    were not needed any more before they were sent; they are not among those due.
    """

    waiting: int = 0
    confirmed: int = 0
    reschedule_requested: int = 0
    canceled: int = 0
    moved: int = 0
    unanswered: int = 0
    told: int = 0
    not_delivered: int = 0
    expired: int = 0
    skipped: int = 0
    obsolete: int = 0

    @property
    def sent(self) -> int:
        """Those that reached Twilio and that it did not give up."""
        answered = self.confirmed + self.reschedule_requested + self.canceled
        return answered + self.moved + self.unanswered + self.told

    @property
    def due(self) -> int:
        """All of them that were wanted."""
        return self.waiting + self.sent + self.not_delivered + self.expired + self.skipped

    def add(self, other: "Figures") -> None:
        """Counts those of another one too."""
        for each in fields(other):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


@dataclass(frozen=True, slots=True)
class ReportLine:
    """The figures of a rule at a place; `occasion` is `reminder`, or `cancellation` for notices."""

    rule: str
    occasion: str
    place: str | None
    figures: Figures


@dataclass(frozen=True, slots=True)
class Because:
    """How many were skipped, expired, obsolete or not delivered for one reason, in a sentence."""

    outcome: str
    why: str
    reminders: int


@dataclass(slots=True)
class RemindersReport:
    """A day's reminders: those due on this day of the appointment's own zone."""

    day: date
    lines: list[ReportLine] = field(default_factory=list)
    reasons: list[Because] = field(default_factory=list)

    @property
    def total(self) -> Figures:
        """The sum of all lines."""
        total = Figures()
        for line in self.lines:
            total.add(line.figures)
        return total


async def read_reminders_report(connection: AsyncConnection, organization_id: UUID, day: date) -> RemindersReport:
    """What became of the organization's reminders of a day, as it is known now."""
    figures: dict[tuple[str, str, str | None], Figures] = defaultdict(Figures)
    reasons: dict[tuple[str, str], int] = defaultdict(int)
    asked = {"organization_id": organization_id, "day": day}
    for row in (await connection.execute(_COUNT, asked)).mappings():
        figures[row["rule"], row["occasion"], row["place"]].add(Figures(**{row["outcome"]: row["reminders"]}))
        if row["why"] is not None:
            reasons[row["outcome"], in_words(row["why"]) or row["why"]] += row["reminders"]
    return RemindersReport(day, [ReportLine(*key, each) for key, each in figures.items()], _sorted(reasons))


def _sorted(reasons: dict[tuple[str, str], int]) -> list[Because]:
    found = [Because(outcome, why, reminders) for (outcome, why), reminders in reasons.items()]
    return sorted(found, key=lambda each: (each.outcome, -each.reminders, each.why))
