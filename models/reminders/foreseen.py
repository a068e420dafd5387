"""The reminders that rules would bring for an appointment, for whoever writes the rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.reminders.definition import ReminderRule, ReminderRules
from messaging.reminders.due import Timing, Verdict, timings

_NEXT = text("""
    SELECT external_id, starts_at, timezone, kind FROM appointments
    WHERE organization_id = :organization_id AND starts_at > :now
        AND state IN ('booked', 'confirmed', 'reschedule_requested')
    ORDER BY starts_at, id LIMIT :most
""")

_ATTRIBUTES = text("""
    SELECT DISTINCT jsonb_object_keys(attributes) FROM appointments WHERE organization_id = :organization_id
""")


@dataclass(frozen=True, slots=True)
class Sample:
    """An appointment to show dates for; `external_id` is None for one that is made up."""

    starts_at: datetime
    timezone: str
    kind: str = ""
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What becomes of one rule's reminder, booked early enough or at the moment of asking."""

    rule: ReminderRule
    verdict: Verdict

    @property
    def at(self) -> datetime:
        """When it is due, or would have been."""
        return self.verdict.due_at if isinstance(self.verdict, Timing) else self.verdict.at


def foresee(rules: ReminderRules, sample: Sample, *, now: datetime) -> Sequence[Foreseen]:
    """The reminders of an appointment by their moments, if it were booked now and stayed unconfirmed."""
    asked = rules.for_kind(sample.kind) if sample.kind else list(rules.rules.values())
    found = timings(asked, sample.starts_at, ZoneInfo(sample.timezone), now=now)
    return sorted((Foreseen(rule, found[rule.name]) for rule in asked), key=lambda each: each.at)


async def next_samples(
    connection: AsyncConnection, organization_id: UUID, *, now: datetime, most: int
) -> Sequence[Sample]:
    """The organization's next appointments."""
    asked = {"organization_id": organization_id, "now": now, "most": most}
    return [Sample(**row) for row in (await connection.execute(_NEXT, asked)).mappings()]


async def appointment_attribute_names(connection: AsyncConnection, organization_id: UUID) -> set[str]:
    """The names of all attributes that occur among the organization's appointments."""
    return set((await connection.execute(_ATTRIBUTES, {"organization_id": organization_id})).scalars())
