"""Claims the next due messages of a run: locked, checked, rendered and counted, in one transaction.

Whatever may not be sent leaves `planned` here; what may is `claimed` with its final text and a lease. The caller
commits before any request is made, so a crash can never send what is not written down.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.statuses import MessageState
from messaging.templates import Template
from models.campaigns.rendering import render, values_of
from models.caps.claiming import over_cap
from models.columns import new_id
from models.consent.refusal import CONSENT, REFUSAL, WINDOW_CLOSED, rule_values
from models.messages.secrets import BODY, STANDS_FOR
from models.messages.undeliverable import undeliverable
from models.policy.definition import Policy
from models.policy.quiet_hours_section import hours_of
from models.policy.retention_section import Retention
from models.policy.store import policy_of_run
from models.quiet_hours.judging import QUIET_HOURS, Allowed, HoursNow
from models.quiet_hours.place_key import PLACE_KEY
from models.reviews.closing import IN_REVIEW

_SENDER = "(SELECT r.sender_id FROM campaign_runs r WHERE r.id = :run_id)"

_DUE = text(f"""
    SELECT m.id, m.organization_id, m.contact_id, m.phone, m.country, m.channel, m.attempt, m.tries,
        m.message_type, m.own_body, {BODY} AS body, m.media, m.encoding, m.segments, m.traceparent,
        m.send_before, m.send_before IS NOT NULL AND m.send_before <= :now AS late,
        COALESCE({REFUSAL}, {undeliverable(sender=_SENDER)},
            CASE WHEN {WINDOW_CLOSED} THEN 'whatsapp_window_closed' END) AS refusal,
        {PLACE_KEY} AS place_key,
        ct.first_name, ct.last_name, ct.email, ct.locale, ct.timezone, ct.attributes
    FROM messages m
    LEFT JOIN contacts ct ON ct.id = m.contact_id
    {CONSENT}
    WHERE m.id = ANY(ARRAY(
        SELECT due.id FROM messages due
        WHERE due.campaign_run_id = :run_id AND due.state = 'planned' AND due.send_after <= :now
            AND EXISTS (
                SELECT FROM campaign_runs r JOIN senders s ON s.id = r.sender_id
                WHERE r.id = :run_id AND r.state = 'sending' AND s.state = 'active')
            AND (due.country IS NULL OR due.country <> ALL(ARRAY(
                SELECT p.country FROM country_pauses p JOIN campaign_runs r ON r.sender_id = p.sender_id
                WHERE r.id = :run_id)))
        ORDER BY due.send_after, due.id
        LIMIT :most
        FOR UPDATE OF due SKIP LOCKED))
    ORDER BY m.send_after, m.id
""")  # noqa: S608 (only the text above is put in)
"""`= ANY(ARRAY(…))`, because with `IN (SELECT … LIMIT)` PostgreSQL was seen to claim every row."""

_IN_INDEX_ORDER = text("SELECT set_config('enable_sort', 'off', true), set_config('jit', 'off', true)")
"""A new run is not in PostgreSQL's statistics yet: it would expect one due row, and sort all of them each time.
The index has them in order, and its scan stops at the limit. Up to PostgreSQL 17 a plan with a sort looks so dear
then that it is compiled first, each time anew: for seconds on Debian's PostgreSQL 15, to save microseconds."""

_CLAIM = text(f"""
    UPDATE messages m
    SET state = 'claimed', body = CASE WHEN m.sensitive THEN '{STANDS_FOR}' ELSE c.body END,
        secret_body = CASE WHEN m.sensitive THEN c.body END, encoding = c.encoding, segments = c.segments,
        claim_id = :claim_id, claimed_at = clock_timestamp(), attempted_at = :now,
        lease_until = clock_timestamp() + make_interval(secs => :lease), updated_at = :now,
        allowed_until = c.allowed_until, held_for = NULL
    FROM unnest(CAST(:ids AS bigint[]), CAST(:bodies AS text[]), CAST(:encodings AS text[]),
                CAST(:segments AS smallint[]), CAST(:allowed_untils AS timestamptz[]))
        AS c(id, body, encoding, segments, allowed_until)
    WHERE m.id = c.id
""")  # noqa: S608 (only the text above is put in)

_SET_ASIDE = text("""
    UPDATE messages m
    SET state = CAST(c.state AS message_state), skip_reason = c.reason, updated_at = :now
    FROM unnest(CAST(:ids AS bigint[]), CAST(:states AS text[]), CAST(:reasons AS text[])) AS c(id, state, reason)
    WHERE m.id = c.id
""")

_HOLD = text("""
    UPDATE messages m
    SET send_after = h.until, held_for = h.why, updated_at = :now
    FROM unnest(CAST(:ids AS bigint[]), CAST(:untils AS timestamptz[]), CAST(:whys AS text[])) AS h(id, until, why)
    WHERE m.id = h.id
""")


@dataclass(frozen=True, slots=True)
class ClaimedMessage:
    """One message that this claim may send, with its final text; `media` are addresses to send along.

    `own_body`: the text was given with the message, and is not its campaign's. `traceparent`: of the trace that it
    belongs to, where traces are made. `allowed_until` ends the hours in which its person may be written to.
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


@dataclass(frozen=True, slots=True)
class Claim:
    """What one transaction took: messages to send, in order, and how many were set aside."""

    id: UUID
    messages: Sequence[ClaimedMessage]
    set_aside: int

    @property
    def segments(self) -> int:
        """SMS segments that the claim would send."""
        return sum(message.segments for message in self.messages)


@dataclass(frozen=True, slots=True)
class _Aside:
    id: int
    state: MessageState
    reason: str | None


@dataclass(frozen=True, slots=True)
class _Held:
    """Stays planned, and is due again at `until`."""

    id: int
    until: datetime
    why: str


_Judged = ClaimedMessage | _Aside | _Held


async def claim(
    connection: AsyncConnection,
    run_id: UUID,
    *,
    template: Template,
    most: int,
    lease: float,
    now: datetime,
    hours_margin: timedelta | None,
) -> Claim:
    """Claims at most `most` due messages of a run for `lease` seconds by the database's clock.

    `now` is business time. Of the hours of a message's place `hours_margin` must be left, or it waits for the
    next; None claims at any hour. A run or sender that is not to send now gives an empty claim.
    """
    await connection.execute(_IN_INDEX_ORDER)
    policy = await policy_of_run(connection, run_id)
    values = {"run_id": run_id, "now": now, "most": most, **rule_values(policy.consent, now=now)}
    rows = (await connection.execute(_DUE, values)).mappings().all()
    hours = HoursNow(hours_of(policy.quiet_hours) if hours_margin is not None else None, now, hours_margin)
    judged = [_judge(row, template, hours, policy.retention) for row in rows]
    judged = await _within_caps(connection, rows, judged, policy, now=now)
    taken = [one for one in judged if isinstance(one, ClaimedMessage)]
    aside = [one for one in judged if isinstance(one, _Aside)]
    held = [one for one in judged if isinstance(one, _Held)]
    claim_id = new_id()
    if taken:
        await connection.execute(
            _CLAIM, {**_claimed_columns(taken), "claim_id": claim_id, "lease": lease, "now": now}
        )
    if aside:
        await connection.execute(_SET_ASIDE, {**_aside_columns(aside), "now": now})
    if held:
        await connection.execute(_HOLD, {**_held_columns(held), "now": now})
    return Claim(id=claim_id, messages=taken, set_aside=len(aside) + len(held))


async def _within_caps(
    connection: AsyncConnection,
    rows: Sequence[RowMapping],
    judged: Sequence[_Judged],
    policy: Policy,
    *,
    now: datetime,
) -> list[_Judged]:
    """The judgements, but that who has had as many messages as may be gets no more of them."""
    leaving = [row for row, one in zip(rows, judged, strict=True) if isinstance(one, ClaimedMessage)]
    if not leaving:
        return list(judged)
    over = await over_cap(connection, leaving, policy.caps, now=now)
    return [_Aside(one.id, MessageState.SKIPPED, over[one.id]) if one.id in over else one for one in judged]


def _judge(row: RowMapping, template: Template, hours: HoursNow, rules: Retention) -> _Judged:
    if row["refusal"] == IN_REVIEW and row["send_before"] is not None and not row["late"]:
        return _Held(row["id"], row["send_before"], IN_REVIEW)
    if row["refusal"] is not None:
        return _Aside(row["id"], MessageState.SKIPPED, row["refusal"])
    if row["late"]:
        return _Aside(row["id"], MessageState.EXPIRED, None)
    allowed = hours.judge(row)
    if not isinstance(allowed, Allowed):
        return _held(row, allowed.until)
    if row["own_body"]:
        return _taken(row, allowed, body=row["body"], encoding=row["encoding"], segments=row["segments"])
    rendered = render(template, values_of(dict(row)), rules)
    if rendered.count is None:
        return _Aside(row["id"], MessageState.SKIPPED, rendered.refusal)
    count = rendered.count
    return _taken(row, allowed, body=rendered.body, encoding=count.encoding, segments=count.segments)


def _held(row: RowMapping, until: datetime | None) -> _Aside | _Held:
    if until is None or (row["send_before"] is not None and until >= row["send_before"]):
        return _Aside(row["id"], MessageState.EXPIRED, None)
    return _Held(row["id"], until, QUIET_HOURS)


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
    )


def _claimed_columns(taken: Sequence[ClaimedMessage]) -> dict[str, Any]:
    return {
        "ids": [message.id for message in taken],
        "bodies": [message.body for message in taken],
        "encodings": [message.encoding for message in taken],
        "segments": [message.segments for message in taken],
        "allowed_untils": [message.allowed_until for message in taken],
    }


def _aside_columns(aside: Sequence[_Aside]) -> dict[str, Any]:
    return {
        "ids": [one.id for one in aside],
        "states": [one.state.value for one in aside],
        "reasons": [one.reason for one in aside],
    }


def _held_columns(held: Sequence[_Held]) -> dict[str, Any]:
    return {
        "ids": [one.id for one in held],
        "untils": [one.until for one in held],
        "whys": [one.why for one in held],
    }
