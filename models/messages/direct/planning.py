"""Plans direct messages: one row each in the outbox, by an idempotency key, and tells the caller at once."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from messaging.scheduling import Departure
from messaging.tracing.spans import current_span
from models.consent.refusal import rule_values
from models.conversations.threading import add_planned
from models.events.kinds import EventKind
from models.events.note import Happening, Json, note_many
from models.messages.direct.drafts import REFUSED, Draft, KeyReused, PlannedDirect, Posting
from models.messages.direct.personal import rules_for
from models.messages.direct.plan_sql import KNOWN, PLAN
from models.messages.direct.recipients import find_recipients
from models.messages.direct.rows import OutboxRow, columns, row_of
from models.messages.direct.standing import Standing, standing_run
from models.policy.quiet_hours_section import QuietHours, hours_of
from models.policy.store import load_policy
from models.quiet_hours.lasting import end_of_window
from models.rights.suppressed import PersonErased

DEFAULT_WINDOW = timedelta(hours=24)
"""How long after its `send_after`, or the next hours of its person, a message may still leave when its posting
does not say."""

_REUSED = "The idempotency key belongs to another message; use a new key for each message."
_NAMED_TWICE = "The number or key is named twice in this call with different content; send one of them later."


async def plan_direct(connection: AsyncConnection, draft: Draft, posting: Posting) -> PlannedDirect:
    """Plans one message in the caller's transaction; once committed, wake who sends it (`api.direct_sending`).

    Someone who may not be written to, or words that cannot be sent, give a `skipped` message. Raises
    `PhoneRefused`, `NoSuchContact`, `BodyRefused`, `MediaRefused`, `KeyReused`, `NoSender` or
    `NoSuchConversation`.
    """
    [planned] = await _plan(connection, [draft], posting, key=None)
    if isinstance(planned, TidingsError):
        raise planned
    return planned


async def plan_many(
    connection: AsyncConnection, drafts: Sequence[Draft], posting: Posting, *, key: str | None = None
) -> list[PlannedDirect]:
    """Plans a message for each draft in the caller's transaction; the results are in the drafts' order.

    `key` is the idempotency key of the whole call: with it, each number gets one message, also when it is named
    twice or the call is repeated. Without it, a number that is named twice in this call counts once as well. What
    is wrong with one draft refuses that draft alone. Raises `NoSender` or `NoSuchConversation`.
    """
    if not drafts:
        return []
    results = await _plan(connection, drafts, posting, key=key or secrets.token_hex(16))
    return [
        PlannedDirect(None, REFUSED, reason=str(one)) if isinstance(one, TidingsError) else one for one in results
    ]


async def _plan(
    connection: AsyncConnection, drafts: Sequence[Draft], posting: Posting, *, key: str | None
) -> list[PlannedDirect | TidingsError]:
    standing = await standing_run(connection, posting)
    recipients = await find_recipients(
        connection,
        drafts,
        organization_id=posting.organization_id,
        region=standing.region,
        now=posting.now,
    )
    bodies = (draft.body for draft in drafts)
    rules = await rules_for(connection, bodies, organization_id=posting.organization_id)
    asked = [
        row_of(draft, recipient, channel=standing.channel, key=key, rules=rules)
        for draft, recipient in zip(drafts, recipients.found, strict=True)
    ]
    rows: dict[bytes, OutboxRow] = {}
    for row in asked:
        if isinstance(row, OutboxRow):
            rows.setdefault(row.key, row)
    planned = await _write(connection, list(rows.values()), posting, standing) if rows else {}
    return [_result(row, rows, planned) for row in asked]


def _result(
    row: OutboxRow | TidingsError,
    rows: Mapping[bytes, OutboxRow],
    planned: Mapping[bytes, PlannedDirect | TidingsError],
) -> PlannedDirect | TidingsError:
    if isinstance(row, TidingsError):
        return row
    if row != rows[row.key]:
        return KeyReused(_NAMED_TWICE)
    return planned.get(row.key) or PersonErased()  # erased at this moment


async def _write(
    connection: AsyncConnection, rows: Sequence[OutboxRow], posting: Posting, standing: Standing
) -> dict[bytes, PlannedDirect | TidingsError]:
    """What became of each row, by its key: a new message, the one of that key, or a refusal."""
    made = await _insert(connection, rows, posting, standing)
    await _announce(connection, list(made.values()), posting)
    known: dict[bytes, PlannedDirect | TidingsError] = {**made}
    left = {row.key: row for row in rows if row.key not in made}
    if left:
        sought = {"organization_id": posting.organization_id, "keys": list(left)}
        for old in (await connection.execute(KNOWN, sought)).mappings():
            key = bytes(old["dedupe_key"])
            known[key] = _known(dict(old), left[key], posting, standing)
    return known


async def _insert(
    connection: AsyncConnection, rows: Sequence[OutboxRow], posting: Posting, standing: Standing
) -> dict[bytes, PlannedDirect]:
    policy = await load_policy(connection, posting.organization_id)
    values = {
        "organization_id": posting.organization_id,
        "message_type": posting.message_type.value,
        "topic": posting.topic,
        **rule_values(policy.consent, now=posting.now),
        "conversation_id": posting.conversation_id,
        "cause": posting.cause,
        "sensitive": posting.sensitive,
        "traceparent": current_span().traceparent if len(rows) == 1 else None,
        "now": posting.now,
        **asdict(_departure(posting)),
        "send_before": posting.send_before or await _end(connection, rows, posting, policy.quiet_hours),
        "sender_id": standing.sender_id,
        "run_id": standing.run_id,
        "our_address": standing.address,
        "channel": standing.channel,
    }
    inserted = await connection.execute(PLAN, {**values, **columns(rows)})
    return {
        bytes(new.dedupe_key): PlannedDirect(
            new.id, new.state, new.skip_reason, phone=new.phone, contact_id=new.contact_id
        )
        for new in inserted
    }


def _departure(posting: Posting) -> Departure:
    send_after = posting.send_after or posting.now
    if posting.schedule_at_twilio:
        return Departure.handed_over(send_after, now=posting.now)
    return Departure(send_after)


async def _end(
    connection: AsyncConnection, rows: Sequence[OutboxRow], posting: Posting, quiet: QuietHours
) -> datetime:
    """When messages whose posting does not say it may leave no more."""
    at, hours = posting.send_after or posting.now, hours_of(quiet)
    if posting.message_type not in hours.applies_to:
        return at + DEFAULT_WINDOW
    phones = [row.phone for row in rows]
    organization_id = posting.organization_id
    return await end_of_window(
        connection, phones, hours, organization_id=organization_id, at=at, window=DEFAULT_WINDOW
    )


async def _announce(connection: AsyncConnection, made: Sequence[PlannedDirect], posting: Posting) -> None:
    """Tells those who follow events, and puts the messages into their conversations."""
    subjects: list[dict[str, Json]] = [
        {"message_id": one.id, "contact_id": one.contact_id, "state": one.state, "reason": one.reason}
        for one in made
    ]
    kind, organization_id = EventKind.MESSAGE_PLANNED, posting.organization_id
    noted = [Happening(organization_id=organization_id, kind=kind, subject=subject) for subject in subjects]
    await note_many(connection, noted, now=posting.now)
    await add_planned(connection, [one.id for one in made if one.id is not None], now=posting.now)


def _known(
    old: Mapping[str, Any], row: OutboxRow, posting: Posting, standing: Standing
) -> PlannedDirect | KeyReused:
    """The message that has the key already, if it is the same one; its body may be kept no more."""
    same = (row.phone, row.media, posting.message_type.value, posting.topic, standing.channel)
    if (old["phone"], old["media"], old["message_type"], old["topic"], old["channel"]) != same:
        return KeyReused(_REUSED)
    if not old["sensitive"] and old["body"] not in (row.body, None):
        return KeyReused(_REUSED)
    return PlannedDirect(
        old["id"], old["state"], old["skip_reason"], existed=True, phone=old["phone"], contact_id=old["contact_id"]
    )
