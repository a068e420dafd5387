"""How often automatic replies may go out: so many a minute to a number, a default reply now and then, no machines.

What is counted holds, because messages of one person are handled one at a time (`models.inbound.people`).
"""

from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.machines import LOOKED_AT, Said, looks_like_a_machine
from models.replies.decisions import CAUSE, SURVEY
from models.replies.heard import Heard

MINUTE = timedelta(minutes=1)
TEN_MINUTES = timedelta(minutes=10)
KEYWORD_ANSWERS = 3
DEFAULT = CAUSE + "default"

_SAID = text("""
    SELECT count(*) FROM messages
    WHERE contact_id = :contact_id AND direction = 'outbound' AND starts_with(cause, :cause)
        AND created_at > :since
""")

_DEFAULTS = text("""
    SELECT EXISTS (
        SELECT FROM messages
        WHERE conversation_id = :conversation_id AND direction = 'outbound' AND created_at > :since
            AND (cause = :cause OR NOT starts_with(cause, :automatic) AND NOT starts_with(cause, :survey)))
""")

_HEARD = text("""
    SELECT created_at AS at, COALESCE(body, '') AS body FROM messages
    WHERE conversation_id = :conversation_id AND direction = 'inbound'
    ORDER BY id DESC LIMIT :most
""")


async def replies_left(connection: AsyncConnection, heard: Heard, *, per_minute: int) -> int:
    """How many more automatic replies the number may get now."""
    values = {"contact_id": heard.contact_id, "cause": CAUSE, "since": heard.now - MINUTE}
    return per_minute - int((await connection.execute(_SAID, values)).scalar_one())


async def keyword_is_due(connection: AsyncConnection, heard: Heard, *, cause: str) -> bool:
    """Whether this answer to a keyword went to the number less than three times in ten minutes.

    Such answers have a limit of their own: no chatter before it may swallow the confirmation of a STOP, or the
    HELP that a person needs to say it; and two machines that answer each other's words come to an end.
    """
    values = {"contact_id": heard.contact_id, "cause": cause, "since": heard.now - TEN_MINUTES}
    return int((await connection.execute(_SAID, values)).scalar_one()) < KEYWORD_ANSWERS


async def default_is_due(connection: AsyncConnection, heard: Heard, *, hours: float) -> bool:
    """Whether in so many hours no default reply was given in the conversation, and nobody of ours wrote there."""
    since = heard.now - timedelta(hours=hours)
    values = {"conversation_id": heard.conversation_id, "cause": DEFAULT, "since": since}
    values |= {"automatic": CAUSE, "survey": SURVEY}
    return not (await connection.execute(_DEFAULTS, values)).scalar_one()


async def is_machine(connection: AsyncConnection, heard: Heard) -> bool:
    """Whether the conversation's last inbound messages, this one among them, look like a machine's."""
    values = {"conversation_id": heard.conversation_id, "most": LOOKED_AT}
    rows = await connection.execute(_HEARD, values)
    return looks_like_a_machine([Said(row.at, row.body) for row in rows])
