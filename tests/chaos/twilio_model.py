"""A tiny model of Twilio, the oracle of the life-cycle test: what was created, and how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from messaging.callbacks import CallbackRef
from messaging.statuses import MessageState
from messaging.twilio_history import OUTBOUND_API, SentMessage
from models.messages.status_reports import StatusReport
from tests.conftest import ACCOUNT_SID, MARKETING_SERVICE

LIVES = (
    ("accepted", "queued", "sent", "delivered"),
    ("accepted", "queued", "sending", "sent", "undelivered"),
    ("accepted", "failed"),
)


@dataclass
class Created:
    """A message that Twilio took: the id and attempt in its callback address, the statuses it will have."""

    sid: str
    to: str
    body: str
    ref: CallbackRef
    life: Sequence[str]
    age: timedelta = timedelta()
    place: int = 0

    @property
    def status(self) -> str:
        """Its status now."""
        return self.life[self.place]

    def advance(self) -> None:
        """One status further, if there is one."""
        self.place = min(self.place + 1, len(self.life) - 1)

    def report(self, place: int) -> StatusReport:
        """What the callback of one of its statuses so far says."""
        status = MessageState(self.life[min(place, self.place)])
        failed = status in (MessageState.FAILED, MessageState.UNDELIVERED)
        return StatusReport(self.sid, status, ACCOUNT_SID, 30003 if failed else None, self.ref)

    def listed(self) -> SentMessage:
        """How Twilio's list shows it, by a clock in whole seconds."""
        return SentMessage(
            sid=self.sid,
            to=self.to,
            body=self.body,
            status=self.status,
            direction=OUTBOUND_API,
            messaging_service_sid=MARKETING_SERVICE,
            date_created=(datetime.now(UTC) - self.age).replace(microsecond=0),
            error_code=None,
        )


@dataclass
class TwilioModel:
    """Everything that was created, oldest first."""

    created: list[Created] = field(default_factory=list)

    def create(self, to: str, body: str, ref: CallbackRef, *, life: Sequence[str]) -> Created:
        """Takes a message."""
        self.created.append(Created(f"SM{len(self.created):032x}", to, body, ref, life))
        return self.created[-1]

    def to_number(self, number: str) -> list[SentMessage]:
        """The list by `To`, newest first."""
        return [each.listed() for each in reversed(self.created) if each.to == number]

    def pass_time(self, by: timedelta) -> None:
        """Everything grows older."""
        for each in self.created:
            each.age += by
