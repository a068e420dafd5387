"""What becomes of a due message that a claim has locked: it leaves, waits, or is set aside with its reason."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping

from messaging.statuses import MessageState
from messaging.templates import Template
from models.appointments.values import appointment_values
from models.campaigns.rendering import render, values_of
from models.messages.at_twilio.keeping import twilio_can_keep
from models.policy.retention_section import Retention
from models.quiet_hours.judging import QUIET_HOURS, Allowed, HoursNow
from models.reviews.closing import IN_REVIEW


@dataclass(frozen=True, slots=True)
class ClaimedMessage:
    """One message that this claim may send, with its final text; `media` are addresses to send along.

    `own_body`: the text was given with the message, and is not its campaign's. `traceparent`: of the trace that it
    belongs to, where traces are made. `allowed_until` ends the hours in which its person may be written to.
    `send_at`: when Twilio is to send it, which keeps it until then; None for one that leaves at once.
    """

    id: int
    phone: str
    country: str | None
    attempt: int
    tries: int
    body: str
    encoding: str
    segments: int
    send_before: datetime | None
    allowed_until: datetime | None = None
    channel: str = "sms"
    media: tuple[str, ...] = ()
    own_body: bool = False
    traceparent: str | None = None
    send_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SetAside:
    """Leaves `planned` for good, skipped for `reason` or expired."""

    id: int
    state: MessageState
    reason: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """Stays planned, and is due again at `until`."""

    id: int
    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class KeptHere:
    """Stays planned until its time, because Twilio cannot keep it until then."""

    id: int


Judged = ClaimedMessage | SetAside | Held | KeptHere
"""What a claim may decide about a message."""


def judge(row: RowMapping, template: Template, hours: HoursNow, rules: Retention) -> Judged:
    """Judges a row of `claim_sql.DUE`: consent and reach, then its end, the hours of its place, its text."""
    if row["withdrawn"]:
        return SetAside(row["id"], MessageState.CANCELED, None)
    if row["refusal"] == IN_REVIEW and row["send_before"] is not None and not row["late"]:
        return Held(row["id"], row["send_before"], IN_REVIEW)
    if row["refusal"] is not None:
        return SetAside(row["id"], MessageState.SKIPPED, row["refusal"])
    if row["late"]:
        return SetAside(row["id"], MessageState.EXPIRED, None)
    send_at = row["send_at_twilio"]
    if send_at is not None and not twilio_can_keep(row, now=hours.now):
        return KeptHere(row["id"])
    allowed = hours.judge(row, at=send_at)
    if not isinstance(allowed, Allowed):
        if send_at is not None:
            return KeptHere(row["id"])
        return _held(row, allowed.until)
    if row["own_body"]:
        return _taken(row, allowed, body=row["body"], encoding=row["encoding"], segments=row["segments"])
    rendered = render(template, _values(row), rules)
    if rendered.count is None:
        return SetAside(row["id"], MessageState.SKIPPED, rendered.refusal)
    count = rendered.count
    return _taken(row, allowed, body=rendered.body, encoding=count.encoding, segments=count.segments)


def _values(row: RowMapping) -> dict[str, object]:
    """What the text may say of its person, and of the appointment that it reminds of."""
    values = values_of(row)
    if row["appointment_starts_at"] is not None:
        values["appointment"] = appointment_values(dict(row))
    return values


def _held(row: RowMapping, until: datetime | None) -> SetAside | Held:
    if until is None or (row["send_before"] is not None and until >= row["send_before"]):
        return SetAside(row["id"], MessageState.EXPIRED, None)
    return Held(row["id"], until, QUIET_HOURS)


def _taken(row: RowMapping, allowed: Allowed, *, body: str, encoding: str, segments: int) -> ClaimedMessage:
    return ClaimedMessage(
        id=row["id"],
        phone=row["phone"],
        country=row["country"],
        attempt=row["attempt"],
        tries=row["tries"],
        body=body,
        encoding=encoding,
        segments=segments,
        send_before=row["send_before"],
        allowed_until=allowed.until,
        channel=row["channel"],
        media=tuple(medium["url"] for medium in row["media"] or ()),
        own_body=row["own_body"],
        traceparent=row["traceparent"],
        send_at=row["send_at_twilio"],
    )
