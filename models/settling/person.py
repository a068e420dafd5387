"""A person's decision on a message whose answer was lost: it was sent, is to be sent again, or is given up."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from messaging.twilio_history import OUTBOUND_API, SentMessage
from models.settling.numbers import Doubt
from models.settling.rules import Adopt, Decision, Replan
from models.settling.tables import Verdict
from models.settling.write import write_decisions

_LOCK = text("""
    SELECT m.id, m.phone, m.claim_id, m.attempt, COALESCE(m.body, '') AS body, m.sensitive,
        COALESCE(m.claimed_at, m.updated_at) AS claimed_at, COALESCE(m.claimed_at, m.updated_at) AS deadline,
        m.state::text AS state, o.twilio_account_sid AS account_sid
    FROM messages m JOIN organizations o ON o.id = m.organization_id
    WHERE m.id = :id AND m.organization_id = :organization_id AND m.direction = 'outbound' FOR UPDATE OF m
""")

_OWNER = text("SELECT id FROM messages WHERE twilio_sid = :sid")

_GIVE_UP = text("""
    UPDATE messages SET state = 'failed', failed_at = 'request', lease_until = NULL, updated_at = :now
    WHERE id = :id AND state = 'unknown'
""")

_NOTE = text("""
    INSERT INTO settlements (message_id, claim_id, verdict, looked_at, decided_by)
    VALUES (:id, :claim_id, :verdict, clock_timestamp(), :decided_by)
    ON CONFLICT (message_id, claim_id) DO UPDATE
    SET verdict = EXCLUDED.verdict, looked_at = EXCLUDED.looked_at, look_again_at = NULL,
        decided_by = EXCLUDED.decided_by
""")


class NotDoubtful(TidingsError):
    """The message's fate is known, so there is nothing to decide."""


class NotItsMessage(TidingsError):
    """The SID cannot be the message's."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who decides, as it is kept (`person:NAME`), and on whose messages."""

    name: str
    organization_id: UUID


async def adopt(
    connection: AsyncConnection, message_id: int, sent: SentMessage, *, by: Person, now: datetime
) -> None:
    """The message is this one at Twilio. Raises `NotDoubtful` or `NotItsMessage`."""
    doubt, account_sid = await _doubt(connection, message_id, by=by)
    owner = (await connection.execute(_OWNER, {"sid": sent.sid})).scalar_one_or_none()
    if owner is not None:
        raise NotItsMessage(f"{sent.sid} belongs to message {owner}; choose another, or --resend or --give-up.")
    if sent.to != doubt.phone or sent.direction != OUTBOUND_API:
        raise NotItsMessage(
            f"{sent.sid} did not go from us to the number of message {message_id}; look at its evidence again."
        )
    await _write(connection, doubt, Adopt(sent), account_sid=account_sid, by=by, now=now)


async def resend(connection: AsyncConnection, message_id: int, *, by: Person, now: datetime) -> None:
    """The message was not sent: it is planned again as the same attempt. Raises `NotDoubtful`."""
    doubt, account_sid = await _doubt(connection, message_id, by=by)
    await _write(connection, doubt, Replan(), account_sid=account_sid, by=by, now=now)


async def give_up(connection: AsyncConnection, message_id: int, *, by: Person, now: datetime) -> None:
    """Nobody will ever know and it is not sent again: it counts as failed. Raises `NotDoubtful`."""
    doubt, _ = await _doubt(connection, message_id, by=by)
    await connection.execute(_GIVE_UP, {"id": message_id, "now": now})
    values = {
        "id": message_id,
        "claim_id": doubt.claim_id,
        "verdict": Verdict.GIVEN_UP.value,
        "decided_by": by.name,
    }
    await connection.execute(_NOTE, values)


async def _write(
    connection: AsyncConnection, doubt: Doubt, decision: Decision, *, account_sid: str, by: Person, now: datetime
) -> None:
    await write_decisions(connection, [(doubt, decision)], account_sid=account_sid, now=now, decided_by=by.name)


async def _doubt(connection: AsyncConnection, message_id: int, *, by: Person) -> tuple[Doubt, str]:
    """The locked message as a doubt, and the account that it was sent by."""
    asked = {"id": message_id, "organization_id": by.organization_id}
    row = (await connection.execute(_LOCK, asked)).mappings().one_or_none()
    if row is None:
        raise NotDoubtful(f"There is no outbound message {message_id}; see `tidings messages settle --review`.")
    values = dict(row)
    state, account_sid = values.pop("state"), str(values.pop("account_sid"))
    if state != "unknown":
        raise NotDoubtful(f"Message {message_id} is {state}; only one that is unknown can be decided on.")
    values["claim_id"] = values["claim_id"] or UUID(int=0)
    return Doubt(**values), account_sid
