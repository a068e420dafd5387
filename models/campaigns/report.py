"""What became of a campaign's run, from one snapshot of the database: the states always add up to the audience."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.outcomes import classify_delivery
from models.alerts.listing import AlertLine, alerts_of_run
from models.campaigns.timeline import Event, read_timeline
from models.messages.skip_reasons import in_words
from models.messages.tables import SkipReason
from models.quiet_hours.held import HeldGroup, held_groups
from models.reviews.listing import count_held
from models.slowing import Pace, slowed_pace

LAST_EVENTS = 5
"""How much of the timeline a report shows."""

STATES = (
    "planned",
    "held",
    "claimed",
    "unknown",
    "accepted",
    "queued",
    "sending",
    "sent",
    "delivered",
    "undelivered",
    "read",
    "failed",
    "canceled",
    "expired",
    "skipped",
)
"""An exclusive partition of the audience. Held is planned for later, at Twilio (`scheduled`) or here."""

_REPORT = text("""
    WITH members AS MATERIALIZED (
        SELECT contact_id, phone, twilio_sid, segments, skip_reason, error_code,
            CASE
                WHEN state = 'planned' AND send_after > :now THEN 'held'
                WHEN state = 'scheduled' THEN 'held'
                WHEN state = 'partially_delivered' THEN 'sent'
                ELSE state::text
            END AS state
        FROM messages WHERE campaign_run_id = :run_id AND direction = 'outbound'
    ),
    recipients AS (SELECT DISTINCT contact_id, phone FROM members WHERE twilio_sid IS NOT NULL),
    groups AS (
        SELECT state, CASE WHEN state = 'skipped' THEN skip_reason END AS skip_reason,
            CASE WHEN state IN ('failed', 'undelivered') THEN COALESCE(error_code, 0) END AS error_code,
            count(*) AS messages,
            COALESCE(sum(segments) FILTER (WHERE twilio_sid IS NOT NULL), 0) AS segments
        FROM members GROUP BY 1, 2, 3
    )
    SELECT c.id AS campaign_id, c.name, c.kind, c.topic, r.id AS run_id, r.occurrence, r.state, r.sender_id,
        COALESCE(r.state_reason, CASE WHEN r.finished_at IS NULL AND s.state <> 'active' THEN s.state_reason END)
            AS state_reason,
        r.created_at AS started_at, r.planned_at, r.finished_at,
        (SELECT jsonb_agg(to_jsonb(g)) FROM groups g) AS groups,
        (SELECT count(*) FROM recipients p
            JOIN conversations v ON v.organization_id = r.organization_id AND v.contact_id = p.contact_id
            JOIN messages i ON i.conversation_id = v.id
            WHERE v.last_inbound_at >= COALESCE(r.planned_at, r.created_at)
                AND i.direction = 'inbound' AND i.created_at >= COALESCE(r.planned_at, r.created_at)) AS replies,
        (SELECT count(DISTINCT e.phone) FROM consent_events e JOIN recipients p ON p.phone = e.phone
            WHERE e.organization_id = r.organization_id AND e.recorded_at >= COALESCE(r.planned_at, r.created_at)
                AND e.state_after = 'opted_out' AND e.state_before <> 'opted_out') AS opt_outs,
        (SELECT count(*) FROM incidents i LEFT JOIN messages m ON m.id = i.message_id
            WHERE :run_id IN (i.campaign_run_id, m.campaign_run_id)) AS incidents
    FROM campaign_runs r JOIN campaigns c ON c.id = r.campaign_id JOIN senders s ON s.id = r.sender_id
    WHERE r.id = :run_id
""")
"""Replies and opt-outs count from when the run was planned, of people to whom Twilio took a message of the run."""


@dataclass(frozen=True, slots=True)
class ErrorCount:
    """How many messages failed or were undelivered with a code of Twilio's (None: without one), in words."""

    code: int | None
    messages: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Report:
    """`states` has every state of `STATES` and adds up to `audience`; `skipped` adds up to its state of that name.

    `segments` are those of messages that Twilio took; `replies` are messages in, opt-outs among them; `opt_outs`
    are people. `state_reason` is why the run, or else its sender, is paused. `pace` is set while the run goes on
    and is held up because Twilio found its sender too fast. `held` tells who of the state of that name waits for
    hours in which they may be written to, `in_review` how many of it wait for a person's decision on their text.
    """

    campaign_id: UUID
    name: str
    kind: str
    run_id: UUID
    occurrence: str
    state: str
    state_reason: str | None
    started_at: datetime
    planned_at: datetime | None
    finished_at: datetime | None
    audience: int
    states: dict[str, int]
    skipped: dict[str, int]
    errors: list[ErrorCount]
    segments: int
    replies: int
    opt_outs: int
    incidents: int
    topic: str = ""
    pace: Pace | None = None
    held: list[HeldGroup] = field(default_factory=list)
    in_review: int = 0
    alerts: list[AlertLine] = field(default_factory=list)
    timeline: list[Event] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The report for machines: ids and times as text, errors by their code ("none" without one)."""
        return {
            "campaign": {"id": str(self.campaign_id), "name": self.name, "kind": self.kind, "topic": self.topic},
            "run": {
                "id": str(self.run_id),
                "occurrence": self.occurrence,
                "state": self.state,
                "reason": self.state_reason,
                "started_at": _iso(self.started_at),
                "planned_at": _iso(self.planned_at),
                "finished_at": _iso(self.finished_at),
            },
            "audience": self.audience,
            "states": self.states,
            "skipped": self.skipped,
            "skip_sentences": {reason: in_words(reason) for reason, count in self.skipped.items() if count},
            "errors": {
                str(error.code or "none"): {"messages": error.messages, "sentence": error.sentence}
                for error in self.errors
            },
            "segments": self.segments,
            "replies": self.replies,
            "opt_outs": self.opt_outs,
            "incidents": self.incidents,
            "pace": self.pace.to_json() if self.pace else None,
            "held": [group.to_json() for group in self.held],
            "in_review": self.in_review,
            "alerts": [alert.to_json() for alert in self.alerts],
            "timeline": [event.to_json() for event in self.timeline],
        }


async def read_report(connection: AsyncConnection, run_id: UUID, *, now: datetime) -> Report:
    """The report of a run, its sums by one statement; `now` is business time and tells planned from held.

    Raises `sqlalchemy.exc.NoResultFound` when there is no such run.
    """
    row = (await connection.execute(_REPORT, {"run_id": run_id, "now": now})).mappings().one()
    known = dict(row)
    groups: list[dict[str, Any]] = known.pop("groups") or []
    pace = await slowed_pace(connection, known.pop("sender_id"))
    states = _summed(groups, "state", names=STATES)
    return Report(
        **known,
        pace=pace if known["finished_at"] is None else None,
        audience=sum(group["messages"] for group in groups),
        states=states,
        held=await held_groups(connection, run_id, now=now) if states["held"] else [],
        in_review=await count_held(connection, run_id) if states["held"] else 0,
        skipped=_summed(groups, "skip_reason", names=[reason.value for reason in SkipReason]),
        errors=_errors(groups),
        alerts=await alerts_of_run(connection, run_id),
        timeline=await read_timeline(connection, run_id, last=LAST_EVENTS),
        segments=sum(group["segments"] for group in groups),
    )


def _summed(groups: list[dict[str, Any]], key: str, *, names: Sequence[str] = ()) -> dict[str, int]:
    sums = dict.fromkeys(names, 0)
    for group in groups:
        if group[key] is not None:
            sums[group[key]] = sums.get(group[key], 0) + group["messages"]
    return sums


def _errors(groups: list[dict[str, Any]]) -> list[ErrorCount]:
    failed = [group for group in groups if group["error_code"] is not None]
    errors = []
    for key, messages in _summed(failed, "error_code").items():
        code = int(key) or None
        errors.append(ErrorCount(code, messages, classify_delivery(code).sentence))
    return sorted(errors, key=lambda error: (-error.messages, error.code or 0))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
