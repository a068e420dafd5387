"""Where one message stands, for whoever waits for it."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.statuses import MessageState
from models.messages.skip_reasons import in_words

_STATE = text("SELECT state::text AS state, skip_reason, error_code FROM messages WHERE id = :id")

_ON_ITS_WAY = (MessageState.PLANNED, MessageState.CLAIMED)
_NOT_SENT = (MessageState.SKIPPED, MessageState.EXPIRED, MessageState.CANCELED, MessageState.FAILED)


@dataclass(frozen=True, slots=True)
class Progress:
    """A message's state, with its skip reason or Twilio's error code where it has one."""

    state: str
    skip_reason: str | None
    error_code: int | None

    @property
    def is_on_its_way(self) -> bool:
        """Whether it has yet to leave, or is being requested at this moment."""
        return self.state in _ON_ITS_WAY

    @property
    def problem(self) -> str | None:
        """Why it was not sent, in a few words; None unless that is so."""
        if self.state not in _NOT_SENT:
            return None
        reason = self.skip_reason or (f"code {self.error_code}" if self.error_code else None)
        return f"{self.state}, {reason.replace('_', ' ')}" if reason else self.state

    @property
    def sentence(self) -> str:
        """What the skip reason means; "" without one."""
        return in_words(self.skip_reason) if self.skip_reason else ""


async def read_progress(connection: AsyncConnection, message_id: int) -> Progress:
    """The message's progress. Raises `sqlalchemy.exc.NoResultFound` when there is none."""
    row = (await connection.execute(_STATE, {"id": message_id})).one()
    return Progress(row.state, row.skip_reason, row.error_code)
