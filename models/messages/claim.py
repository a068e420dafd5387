"""Claims the next due messages of a run: locked, checked, rendered and counted, in one transaction.

Whatever may not be sent leaves `planned` here; what may is `claimed` with its final text and a lease. The caller
commits before any request is made, so a crash can never send what is not written down.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.statuses import MessageState
from messaging.templates import Template
from models.caps.claiming import over_cap
from models.columns import new_id
from models.consent.refusal import rule_values
from models.messages.claim_sql import CLAIM, DUE, HOLD, IN_INDEX_ORDER, KEEP_HERE, SET_ASIDE
from models.messages.judging import ClaimedMessage, Held, Judged, KeptHere, SetAside, judge
from models.policy.definition import Policy
from models.policy.quiet_hours_section import hours_of
from models.policy.store import policy_of_run
from models.quiet_hours.judging import HoursNow


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
    await connection.execute(IN_INDEX_ORDER)
    policy = await policy_of_run(connection, run_id)
    values = {"run_id": run_id, "now": now, "most": most, **rule_values(policy.consent, now=now)}
    rows = (await connection.execute(DUE, values)).mappings().all()
    hours = HoursNow(hours_of(policy.quiet_hours) if hours_margin is not None else None, now, hours_margin)
    judged = [judge(row, template, hours, policy.retention) for row in rows]
    judged = await _within_caps(connection, rows, judged, policy, now=now)
    taken = [one for one in judged if isinstance(one, ClaimedMessage)]
    aside = [one for one in judged if isinstance(one, SetAside)]
    held = [one for one in judged if isinstance(one, Held)]
    kept = [one.id for one in judged if isinstance(one, KeptHere)]
    claim_id = new_id()
    if taken:
        await connection.execute(
            CLAIM, {**_claimed_columns(taken), "claim_id": claim_id, "lease": lease, "now": now}
        )
    if aside:
        await connection.execute(SET_ASIDE, {**_aside_columns(aside), "now": now})
    if held:
        await connection.execute(HOLD, {**_held_columns(held), "now": now})
    if kept:
        await connection.execute(KEEP_HERE, {"ids": kept, "now": now})
    return Claim(id=claim_id, messages=taken, set_aside=len(aside) + len(held) + len(kept))


async def _within_caps(
    connection: AsyncConnection,
    rows: Sequence[RowMapping],
    judged: Sequence[Judged],
    policy: Policy,
    *,
    now: datetime,
) -> list[Judged]:
    """The judgements, but that who has had as many messages as may be gets no more of them."""
    leaving = [row for row, one in zip(rows, judged, strict=True) if isinstance(one, ClaimedMessage)]
    if not leaving:
        return list(judged)
    over = await over_cap(connection, leaving, policy.caps, now=now)
    return [SetAside(one.id, MessageState.SKIPPED, over[one.id]) if one.id in over else one for one in judged]


def _claimed_columns(taken: Sequence[ClaimedMessage]) -> dict[str, Any]:
    return {
        "ids": [message.id for message in taken],
        "bodies": [message.body for message in taken],
        "encodings": [message.encoding for message in taken],
        "segments": [message.segments for message in taken],
        "allowed_untils": [message.allowed_until for message in taken],
    }


def _aside_columns(aside: Sequence[SetAside]) -> dict[str, Any]:
    return {
        "ids": [one.id for one in aside],
        "states": [one.state.value for one in aside],
        "reasons": [one.reason for one in aside],
    }


def _held_columns(held: Sequence[Held]) -> dict[str, Any]:
    return {
        "ids": [one.id for one in held],
        "untils": [one.until for one in held],
        "whys": [one.why for one in held],
    }
