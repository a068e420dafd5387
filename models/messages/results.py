"""What became of a claimed message, in the three shapes that the database knows."""

from dataclasses import dataclass
from datetime import datetime

from messaging.statuses import MessageState


@dataclass(frozen=True, slots=True)
class Accepted:
    """Twilio took it: its SID and first status. Recorded whoever holds the claim by now."""

    id: int
    twilio_sid: str
    status: MessageState
    http_status: int
    request_id: str | None = None

    @property
    def name(self) -> str:
        """What to count it as."""
        return "accepted"


@dataclass(frozen=True, slots=True)
class Closed:
    """It will not be sent by this claim or any later one: failed, unknown, skipped, expired or canceled.

    `outcome` is the class of the request's outcome, where one was made.
    """

    id: int
    state: MessageState
    skip_reason: str | None = None
    error_code: int | None = None
    http_status: int | None = None
    request_id: str | None = None
    outcome: str | None = None

    @property
    def name(self) -> str:
        """What to count it as."""
        return self.state.value


@dataclass(frozen=True, slots=True)
class Returned:
    """Certainly not sent: back to planned, to leave at `send_after` or as soon as it may.

    `tried` counts a request that was refused for now, so that the next wait is longer; `outcome` is its class.
    `kept_here`: what Twilio was to keep until its time waits for it here.
    """

    id: int
    send_after: datetime | None = None
    kept_here: bool = False
    tried: bool = False
    error_code: int | None = None
    http_status: int | None = None
    request_id: str | None = None
    outcome: str | None = None

    @property
    def name(self) -> str:
        """What to count it as."""
        return "returned"


Result = Accepted | Closed | Returned
